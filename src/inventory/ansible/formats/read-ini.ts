import { clean } from '../../../text/clean.js';
import { addHosts } from '../add-hosts.js';
import { addChild, addGroup, complain, keptVariables, setVariables } from '../model.js';
import { ALL, UNGROUPED } from '../../outline.js';
import type { AnsibleModel } from '../model.js';
import type { Where } from '../../settings.js';
import { pythonValue } from '../python-literal.js';
import { shellWords } from '../ssh/shell-words.js';
import { shownAnsible } from '../shown.js';
import { textSource, whereIn } from '../text-source.js';

const SECTION = /^\[(?<group>[^:\]\s]+)(?::(?<kind>\w+))?\]\s*(?:#.*)?$/;
const CHILD = /^(?<child>[^:\]\s]+)\s*(?:#.*)?$/;

type Kind = 'hosts' | 'children' | 'vars';
function isKind(kind: string): kind is Kind {
  return kind === 'hosts' || kind === 'children' || kind === 'vars';
}

/** A line without the white space around it, and the offset of its first character. */
interface Line {
  readonly text: string;
  readonly start: number;
}

const linesIn = function* (text: string): Generator<Line> {
  let start = 0;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed !== '' && !trimmed.startsWith('#') && !trimmed.startsWith(';'))
      yield { text: trimmed, start: start + line.indexOf(trimmed) };
    start += line.length + 1;
  }
};

/**
 * Reads an INI inventory, or a plain list of host names, which is one without sections. Hosts before the first section
 * are in no group.
 * @see https://docs.ansible.com/ansible/latest/collections/ansible/builtin/ini_inventory.html
 */
export function readIni(model: AnsibleModel, text: string, file: string): void {
  const source = textSource(text, file, () => shownAnsible(text));
  const declared = new Set([ALL, UNGROUPED, ...model.groups.keys()]);
  const mentioned: { readonly group: string; readonly message: string; readonly where: Where }[] = [];
  /** As in Ansible a group is put into another when it is declared, which may be later. */
  const pending = new Map<string, readonly (readonly [string, Where])[]>();
  let group = UNGROUPED;
  let kind: Kind = 'hosts';

  const wrong = (where: Where, message: string, help: string): void =>
    complain(model, where, 'inventory/ansible-syntax', message, help);

  const readSection = (line: Line): void => {
    const where = whereIn(source, line.start, line.start + line.text.length);
    const found = SECTION.exec(line.text)?.groups ?? {};
    const foundKind = found['kind'] ?? 'hosts';
    if (found['group'] === undefined)
      return wrong(
        where,
        'this is no section',
        'a section is [group], [group:children] or [group:vars], without spaces',
      );
    if (!isKind(foundKind))
      return wrong(
        where,
        `there are no sections of the kind ${clean(foundKind, 40)}`,
        'a section is [group], [group:children] or [group:vars]',
      );
    group = found['group'];
    kind = foundKind;
    addGroup(model, group, where);
    if (kind === 'vars')
      mentioned.push({ group, message: `variables for ${clean(group, 80)}, which is no group`, where });
    else {
      declared.add(group);
      for (const [parent, place] of pending.get(group) ?? []) addChild(model, parent, group, place);
      pending.delete(group);
    }
  };

  const readHost = (line: Line): void => {
    const [first, ...others] = shellWords(line.text) ?? [];
    if (first === undefined)
      return wrong(
        whereIn(source, line.start, line.start + line.text.length),
        'a quote is never closed here',
        'close it, or put a backslash in front of it',
      );
    const stray = others.find((word) => !word.text.includes('='));
    if (stray !== undefined)
      return wrong(
        whereIn(source, line.start + stray.start, line.start + stray.end),
        'a host has variables behind its name, and this is none',
        'write name=value; hosts stand each on a line of its own',
      );
    const variables = others.map((word) => {
      const equals = word.text.indexOf('=');
      return {
        name: word.text.slice(0, equals),
        value: pythonValue(word.text.slice(equals + 1)),
        where: whereIn(source, line.start + word.start, line.start + word.end),
      };
    });
    addHosts(model, {
      pattern: first.text,
      group,
      variables,
      where: whereIn(source, line.start + first.start, line.start + first.end),
    });
  };

  const readVariable = (line: Line): void => {
    const equals = line.text.indexOf('=');
    const name = line.text.slice(0, Math.max(equals, 0)).trim();
    const where = whereIn(source, line.start, line.start + (equals === -1 ? line.text.length : name.length));
    if (equals === -1) return wrong(where, 'a variable is name=value', 'write name=value');
    setVariables(
      addGroup(model, group, where),
      keptVariables(model, [{ name, value: pythonValue(line.text.slice(equals + 1).trim()), where }]),
    );
  };

  const readChild = (line: Line): void => {
    const child = CHILD.exec(line.text)?.groups?.['child'];
    const where = whereIn(source, line.start, line.start + (child ?? line.text).length);
    if (child === undefined)
      return wrong(
        where,
        'the name of a group stands here, and nothing else',
        'one group on a line, without variables',
      );
    mentioned.push({ group: child, message: `${clean(child, 80)} is no group`, where });
    if (model.groups.has(child) || child === ALL || child === UNGROUPED) addChild(model, group, child, where);
    else pending.set(child, [...(pending.get(child) ?? []), [group, where]]);
  };

  const READ: Readonly<Record<Kind, (line: Line) => void>> = {
    hosts: readHost,
    children: readChild,
    vars: readVariable,
  };
  for (const line of linesIn(text)) {
    if (SECTION.test(line.text) || (line.text.startsWith('[') && line.text.endsWith(']'))) readSection(line);
    else READ[kind](line);
  }
  for (const { group: name, message, where } of mentioned) {
    if (!declared.has(name)) wrong(where, message, `add a section [${clean(name, 80)}], if only an empty one`);
  }
}
