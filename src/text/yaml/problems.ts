import type { Document, ErrorCode } from 'yaml';
import { defined } from '../../language/defined.js';
import type { Diagnostic, Position } from '../../model/diagnostic.js';
import { clean } from '../clean.js';
import type { Place } from './source.js';
import type { TreeProblem } from './value.js';

type PlaceBetween = (start: number, end: number) => Place;

interface Words {
  readonly code: string;
  readonly message?: string;
  readonly help?: string;
}

/** Mistakes of syntax follow from one another: more of them than this help nobody. */
const MOST = 100;

const SYNTAX: Words = { code: 'yaml/syntax' };

/** What the parser's own codes are called here; its words are kept where they are plain. */
const WORDS: Readonly<Partial<Record<ErrorCode, Words>>> = {
  MULTIPLE_DOCS: {
    code: 'yaml/several-documents',
    message: 'a second document starts here; one file holds one',
    help: 'remove the line `---`, or move what follows it into a file of its own',
  },
  NON_STRING_KEY: { code: 'yaml/key', message: 'a key must be plain text', help: 'write it in quotes' },
  TAG_RESOLVE_FAILED: {
    code: 'yaml/tag',
    message: 'tags have no meaning here',
    help: 'write the value without the word that starts with `!`',
  },
  BAD_DIRECTIVE: {
    code: 'yaml/version',
    message: 'directives have no meaning here',
    help: 'remove the line that starts with `%`',
  },
  TAB_AS_INDENT: { ...SYNTAX, message: 'a tab cannot indent', help: 'indent with spaces' },
  RESOURCE_EXHAUSTION: { code: 'yaml/too-deep', message: 'the collections here stand too deep in each other' },
  BLOCK_AS_IMPLICIT_KEY: {
    ...SYNTAX,
    message: 'a second `key:` on the line of the first',
    help: 'start a new line, or put a text that has a colon and a space in it in quotes; or the next line is indented deeper than this one, and should not be',
  },
};

/** What the parser says of a line that is indented neither like those before it nor like what it could belong to. */
const INDENTATION: ReadonlyMap<string, string> = new Map([
  [
    'All mapping items must start at the same column',
    'this line is indented differently from those that it belongs with',
  ],
  ['Sequence item without - indicator', 'this line is indented less than the item that it seems to belong to'],
  [
    'A collection cannot be both a mapping and a sequence',
    'this line is indented differently from those that it belongs with',
  ],
]);
const INDENT_HELP = 'indent it like the lines above it; what follows was not looked at';

type Problem = Document.Parsed['errors'][number] | Document.Parsed['warnings'][number];

function isIndentation({ code, message }: Problem): boolean {
  return code === 'BLOCK_AS_IMPLICIT_KEY' || INDENTATION.has(parserMessage(message));
}

function isSyntax({ code }: Problem): boolean {
  return (WORDS[code] ?? SYNTAX).code === SYNTAX.code;
}

/** The parser's first words, without what a later line of them quotes from the text. */
function parserMessage(message: string): string {
  return clean((message.split('\n', 1)[0] ?? '').replace(/(["'])quote/, '$1'), 200);
}

export function parseProblems(
  document: Document.Parsed,
  otherVersionAt: number | undefined,
  placeBetween: PlaceBetween,
  withTags = false,
): Diagnostic[] {
  // One slip often makes several errors at one place; the first says it best.
  const problems = [...document.errors, ...document.warnings].filter(
    ({ code }) => !withTags || code !== 'TAG_RESOLVE_FAILED',
  );
  const first = new Map(problems.toReversed().map((problem) => [problem.pos[0], problem]));
  // A line that is indented in another way pulls those after it along: the first is the one to mend.
  const inOrder = [...first.values()].toReversed().toSorted((a, b) => a.pos[0] - b.pos[0]);
  const indented = inOrder.findIndex(isIndentation);
  const diagnostics = inOrder
    .filter((problem, index) => indented < 0 || index <= indented || !isSyntax(problem))
    .slice(0, MOST)
    .map((problem): Diagnostic => {
      const words = WORDS[problem.code] ?? SYNTAX;
      return {
        code: words.code,
        severity: 'error',
        message:
          words.message ??
          INDENTATION.get(parserMessage(problem.message)) ??
          `not YAML: ${parserMessage(problem.message)}`,
        ...placeBetween(problem.pos[0], problem.pos[1]),
        ...defined({ help: words.help ?? (isIndentation(problem) ? INDENT_HELP : undefined) }),
      };
    });
  if (first.size > MOST) {
    diagnostics.push({
      ...SYNTAX,
      severity: 'error',
      message: `and ${first.size - MOST} more mistakes of this kind in this file`,
      ...placeBetween(0, 1),
      help: 'most of them follow from the first',
    });
  }
  if (otherVersionAt !== undefined) {
    diagnostics.push({
      code: 'yaml/version',
      severity: 'error',
      message: 'only YAML 1.2 is read: in other versions `no` and `on` are booleans and `12:30` is a number',
      ...placeBetween(otherVersionAt, otherVersionAt + '%YAML'.length),
      help: 'remove the %YAML line',
    });
  }
  return diagnostics;
}

const ALIAS = 'yaml/alias';

const TREE_WORDS = {
  'duplicate-key': {
    code: 'yaml/duplicate-key',
    message: 'this key stands here a second time',
    help: 'keep one of them',
  },
  'unknown-anchor': {
    code: ALIAS,
    message: 'this alias has no anchor before it',
    help: 'a text that starts with `*` stands in quotes',
  },
  'circular-alias': {
    code: ALIAS,
    message: 'this alias stands within what it stands for',
    help: 'write the value out',
  },
  'too-many-aliases': {
    code: ALIAS,
    message: 'the aliases up to here stand for too much',
    help: 'write the values out',
  },
} as const satisfies Record<TreeProblem['problem'], Words>;

export function treeProblem(
  problem: TreeProblem,
  placeBetween: PlaceBetween,
  positionAt: (offset: number) => Position,
): Diagnostic {
  const { code, message, help } = TREE_WORDS[problem.problem];
  const isDuplicate = problem.firstAt !== undefined;
  return {
    code,
    severity: 'error',
    message: isDuplicate ? `the key ${clean(problem.name, 80)} stands here a second time` : message,
    ...placeBetween(problem.start, problem.end),
    help: isDuplicate ? `the first is in line ${positionAt(problem.firstAt).line}: ${help}` : help,
  };
}
