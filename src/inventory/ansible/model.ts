import { createDiagnosticSink, type DiagnosticSink } from '../../model/diagnostic.js';
import { problemAt } from '../diagnostics.js';
import type { InventoryCode } from '../diagnostics.js';
import { MAX_HOSTS } from '../inventory.js';
import { ALL, UNGROUPED } from '../outline.js';
import { clean } from '../../text/clean.js';
import type { Where } from '../settings.js';
import { append } from '../../text/append.js';

/** A variable where a file sets it. Only variables of Ansible's connections and kernward's own are kept. */
export interface Variable {
  readonly name: string;
  readonly value: unknown;
  readonly where: Where;
}

export type Variables = Map<string, Variable>;

export interface AnsibleGroup {
  readonly name: string;
  readonly where: Where;
  readonly variables: Variables;
  /** The groups that it stands in, and where that is said. */
  readonly parents: Map<string, Where>;
}

export interface AnsibleHost {
  readonly name: string;
  readonly where: Where;
  readonly variables: Variables;
  /** The groups that list it; `all` is not among them. */
  readonly memberOf: string[];
}

/**
 * All Ansible files together, in the order in which they are given: as in Ansible, a later value replaces an earlier
 * one.
 */
export interface AnsibleModel {
  readonly groups: Map<string, AnsibleGroup>;
  /** The groups that are put into a group, `all` among them, and where. */
  readonly children: Map<string, Map<string, Where>>;
  readonly hosts: Map<string, AnsibleHost>;
  /** The hosts that a group lists, `all` and `ungrouped` among them, and where. */
  readonly members: Map<string, Map<string, Where>>;
  /** What files of `group_vars` say, by group. */
  readonly groupFileVariables: Map<string, Variables>;
  /** What files of `host_vars` say, by host: most fleets have hardly any. */
  readonly hostFileVariables: Map<string, Variables>;
  /** Every variable that was set, replaced ones too. */
  readonly set: Variable[];
  readonly diagnostics: DiagnosticSink;
}

export function emptyModel(): AnsibleModel {
  return {
    groups: new Map(),
    children: new Map(),
    hosts: new Map(),
    members: new Map(),
    groupFileVariables: new Map(),
    hostFileVariables: new Map(),
    set: [],
    diagnostics: createDiagnosticSink(),
  };
}

export function complain(model: AnsibleModel, where: Where, code: InventoryCode, message: string, help: string): void {
  model.diagnostics.add(problemAt(where, 'value', code, message, help));
}

/** What can be seen and told apart; Ansible takes any text, and warns of all but letters, digits and `_`. */
const GROUP_NAME = /^(?=\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}(?<=\S)$/u;
/** What means something in a host pattern. */
const IN_PATTERNS = /[\s,:&!~@[\]*?]/;

export function addGroup(model: AnsibleModel, name: string, where: Where): AnsibleGroup {
  const known = model.groups.get(name);
  if (known !== undefined) return known;
  if (!GROUP_NAME.test(name))
    complain(
      model,
      where,
      'inventory/ansible-syntax',
      'this cannot be the name of a group',
      'at most 128 characters that can be seen, no blank at its ends',
    );
  else if (IN_PATTERNS.test(name)) {
    const problem = problemAt(
      where,
      'value',
      'inventory/group-name',
      `the group ${JSON.stringify(clean(name, 80))} has characters that mean something in a host pattern`,
      'name it there by a glob, with ? in their place',
    );
    model.diagnostics.add({ ...problem, severity: 'warning' });
  }
  const group: AnsibleGroup = { name, where, variables: new Map(), parents: new Map() };
  model.groups.set(name, group);
  return group;
}

/** @returns whether that was not known yet */
function note(notes: Map<string, Map<string, Where>>, of: string, name: string, where: Where): boolean {
  let known = notes.get(of);
  if (known === undefined) notes.set(of, (known = new Map()));
  if (known.has(name)) return false;
  known.set(name, where);
  return true;
}

export function addChild(model: AnsibleModel, parent: string, child: string, where: Where): void {
  if (child === ALL || (child === UNGROUPED && parent !== ALL)) {
    complain(
      model,
      where,
      'inventory/ansible-syntax',
      `${child} stands in no other group`,
      'take it out: every host is in all, and ungrouped are the hosts of no group',
    );
  } else if (parent === UNGROUPED) {
    complain(
      model,
      where,
      'inventory/ansible-syntax',
      'a group stands in ungrouped',
      'ungrouped are the hosts of no group: put the group under all',
    );
  } else {
    if (child !== UNGROUPED) note(model.children, parent, child, where);
    const parents = addGroup(model, child, where).parents;
    if (parent !== ALL && !parents.has(parent)) parents.set(parent, where);
  }
}

/** @returns `undefined` where there are too many already */
export function addHost(
  model: AnsibleModel,
  name: string,
  group: string,
  where: Where,
): { readonly host: AnsibleHost; readonly isNew: boolean } | undefined {
  const known = model.hosts.get(name);
  if (known === undefined && model.hosts.size >= MAX_HOSTS) {
    if (!model.diagnostics.all().some(({ code }) => code === 'inventory/too-many-hosts')) {
      complain(
        model,
        where,
        'inventory/too-many-hosts',
        `with this the inventory has more than ${MAX_HOSTS} hosts`,
        'look for a range with a digit too many, or check the fleet in parts',
      );
    }
    return undefined;
  }
  const host: AnsibleHost = known ?? { name, where, variables: new Map(), memberOf: [] };
  if (known === undefined) model.hosts.set(name, host);
  if (note(model.members, group, name, where) && group !== ALL) host.memberOf.push(group);
  return { host, isNew: known === undefined };
}

/** Whether kernward may have a use for a variable of that name. */
export function isKept(name: string): boolean {
  return name.startsWith('ansible_') || name.startsWith('kernward_');
}

/** A variable that kernward has no use for is ignored, whatever it holds. */
export function keptVariables(model: AnsibleModel, found: Iterable<Variable>): readonly Variable[] {
  const kept = [...found].filter(({ name }) => isKept(name));
  append(model.set, kept);
  return kept;
}

export function setVariables(owner: { readonly variables: Variables }, variables: Iterable<Variable>): void {
  for (const variable of variables) owner.variables.set(variable.name, variable);
}
