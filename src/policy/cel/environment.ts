import { Environment as CelEnvironment } from '@marcbachmann/cel-js';
import { memoize } from '../../language/memoize.js';
import type { FactDescription, FactType } from '../../model/fact.js';
import type { SavedNode } from './saved-node.js';
import type { FactTable } from './value.js';

/** Expressions that were compiled before, by their text. */
export type SavedExpressions = Readonly<Record<string, SavedNode>>;

/** What expressions are checked against: made once from the facts, used for every expression. */
export interface Environment {
  readonly facts: FactTable;
  /** Every proper prefix of a fact's id: `sysctl`, `sysctl.kernel`. */
  readonly groups: ReadonlySet<string>;
  /**
   * Parses and type-checks; never evaluates. Made when it is first needed: expressions that are saved need none.
   *
   * @throws Error where two facts contradict each other or cannot be named in CEL: a bug of ours, not of a policy's author
   */
  readonly cel: () => CelEnvironment;
  /** Of the file that is compiled, where it was so when kernward was built. */
  readonly saved?: SavedExpressions;
}

/** Room for any rule a person would want to read; beyond it is an error, not a slow load. */
export const EXPRESSION_LIMITS = {
  characters: 4000,
  nodes: 500,
  depth: 40,
  listItems: 200,
  arguments: 4,
  loopDepth: 2,
} as const;

const CEL_TYPES: Readonly<Record<FactType['kind'], string>> = {
  int: 'int',
  bool: 'bool',
  string: 'string',
  enum: 'string',
  list: 'list<string>',
  map: 'map<string, string>',
};

/** CEL can name `a.b_c`, and nothing that begins with a digit or holds a dash. */
const NAMEABLE = /^[a-z][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*$/i;
const TAKEN = new Set(['cel', 'google', 'in', 'true', 'false', 'null']);

/** A declared boot parameter stands under the map of those that kernward reads. It is a text, as an entry of the map is. */
const BOOT_PARAMETER = 'cmdline.';

interface Schema {
  [name: string]: string | Schema;
}

function emptySchema(): Schema {
  const schema: Schema = Object.create(null);
  return schema;
}

function asVariables(facts: readonly FactDescription[]): Schema {
  const root = emptySchema();
  for (const { id, type } of facts) {
    // To CEL an entry of the map; what it is by itself, resolve.ts knows.
    if (id.startsWith(BOOT_PARAMETER)) continue;
    const parts = id.split('.');
    if (!NAMEABLE.test(id) || parts.some((part) => TAKEN.has(part)))
      throw new Error(`fact ${id} cannot be named in CEL`);
    let group = root;
    for (const part of parts.slice(0, -1)) {
      const inner = (group[part] ??= emptySchema());
      if (typeof inner === 'string') throw new Error(`fact ${id} stands under another fact`);
      group = inner;
    }
    const name = parts.at(-1) ?? '';
    if (name in group) throw new Error(`fact ${id} is defined twice, or is a group of facts as well`);
    group[name] = CEL_TYPES[type.kind];
  }
  return root;
}

function groupsOf(id: string): readonly string[] {
  const parts = id.split('.').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}

function createCel(variables: Schema): CelEnvironment {
  const { nodes, depth, listItems } = EXPRESSION_LIMITS;
  const cel = new CelEnvironment({
    limits: {
      maxAstNodes: nodes,
      maxDepth: depth,
      maxListElements: listItems,
      maxMapEntries: 0,
      maxCallArguments: EXPRESSION_LIMITS.arguments,
    },
  });
  for (const [name, type] of Object.entries(variables))
    cel.registerVariable(name, typeof type === 'string' ? { type } : { schema: type });
  for (const signature of ['rematch(string, string): bool', 'versionAtLeast(string, string, string): bool'])
    cel.registerFunction(signature, () => {
      throw new Error('cel-js only checks; evaluate.ts evaluates');
    });
  return cel;
}

export function createEnvironment(facts: readonly FactDescription[]): Environment {
  return {
    facts: new Map(facts.map((fact) => [fact.id, fact])),
    groups: new Set(facts.flatMap(({ id }) => (id.startsWith(BOOT_PARAMETER) ? [] : groupsOf(id)))),
    cel: memoize(() => createCel(asVariables(facts))),
  };
}
