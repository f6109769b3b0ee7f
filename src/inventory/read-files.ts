import { hasErrors } from '../model/diagnostic.js';
import { linesOf } from '../text/lines.js';
import { readYaml } from '../text/yaml/load.js';
import type { YamlSource } from '../text/yaml/load.js';
import { ansibleEntries } from './ansible/entries.js';
import { toFormat, isIni } from './ansible/formats/format.js';
import type { InventoryFormat } from './ansible/formats/format.js';
import { complain, emptyModel } from './ansible/model.js';
import type { AnsibleModel } from './ansible/model.js';
import { readIni } from './ansible/formats/read-ini.js';
import { readList } from './ansible/formats/read-list.js';
import { readScript } from './ansible/formats/read-script.js';
import { readTargets } from './ansible/formats/read-targets.js';
import { readYamlInventory } from './ansible/formats/read-yaml-inventory.js';
import { shownAnsible } from './ansible/shown.js';
import { keySource, textSource, whereIn } from './ansible/text-source.js';
import { readVariableFile } from './ansible/variables/variable-files.js';
import type { VariableFile } from './ansible/variables/variable-files.js';
import type { InventoryFile } from './inventory-file.js';
import type { Entries } from './native/read-entries.js';
import { readInventoryFile } from './native/read-native.js';
import { otherDocument, otherTextFormat } from './other-formats.js';

/** Spares a large file of kernward's own format the first of two readings. */
function isSurelyNative(text: string): boolean {
  return !text.trimStart().startsWith('{') && /^["']?(?:defaults|groups|hosts)["']?\s*:/m.test(text);
}

function refusePlugin(model: AnsibleModel, source: YamlSource): void {
  complain(
    model,
    whereIn(keySource(source), 'plugin'),
    'inventory/ansible-plugin',
    'this configures an inventory plugin of Ansible, and names no hosts',
    'let Ansible ask: ansible-inventory -i FILE --list | kernward scan -i - (in a folder of inventories, the folder in place of FILE: they build on each other)',
  );
}

const READ: Readonly<Record<Exclude<InventoryFormat, 'native'>, (model: AnsibleModel, source: YamlSource) => void>> = {
  'ansible-yaml': readYamlInventory,
  'ansible-list': readList,
  'ansible-plugin': refusePlugin,
};

/** Not a line but blank ones, comments of YAML or INI, and the marks of an empty YAML document. */
function saysNothing(text: string): boolean {
  for (const line of linesOf(text)) if (!/^\s*(?:[#;].*|---|\.\.\.)?\s*$/.test(line)) return false;
  return true;
}

/** As Ansible does, it goes on without such a file, and says so: hosts may have stood there. A run of nobody is an error of its own. */
function nothingIn(file: string): Entries {
  return {
    defaults: new Map(),
    groups: [],
    hosts: [],
    diagnostics: [
      {
        code: 'inventory/no-hosts',
        severity: 'warning',
        message: 'this inventory names no host: it is empty, or all of it is a comment',
        at: { file, line: 1, column: 1 },
        help: 'remove the file, or give it hosts',
      },
    ],
  };
}

/** Whether it is the inventory of another tool, which is told. */
function refuseOther(model: AnsibleModel, source: YamlSource | undefined): boolean {
  const other = otherDocument(source?.value);
  if (source === undefined || other === undefined) return false;
  complain(model, whereIn(keySource(source)), 'inventory/other-format', other.what, other.help);
  return true;
}

/** Reads one text into the model where it is one of Ansible's; else gives what kernward's own format says. */
function readText(model: AnsibleModel, text: string, file: string): Entries | undefined {
  if (text.startsWith('$ANSIBLE_VAULT')) {
    complain(
      model,
      whereIn(
        textSource(text, file, () => shownAnsible(text)),
        0,
        1,
      ),
      'inventory/vault',
      'the whole file is encrypted, and kernward opens no vault',
      'keep hosts, addresses and users in a file that is not encrypted: they are no secret',
    );
    return undefined;
  }
  const other = otherTextFormat(text, file);
  if (other !== undefined) {
    const { what, help, offset } = other;
    const source = textSource(text, file, () => shownAnsible(text));
    complain(model, whereIn(source, offset, offset + 1), 'inventory/other-format', what, help);
    return undefined;
  }
  if (isSurelyNative(text)) {
    const entries = readInventoryFile(text, file);
    const isWrong = hasErrors(entries.diagnostics);
    return isWrong && refuseOther(model, readYaml(text, file, { show: () => shownAnsible(text) }).value)
      ? undefined
      : entries;
  }
  if (isIni(text)) {
    readIni(model, text, file);
    return undefined;
  }
  const read = readYaml(text, file, { show: () => shownAnsible(text), withTags: true });
  if (read.value === undefined) {
    model.diagnostics.addAll(read.diagnostics);
    return undefined;
  }
  if (refuseOther(model, read.value)) return undefined;
  const format = toFormat(read.value.value, text.trimStart().startsWith('{'));
  if (format === 'native') return readInventoryFile(text, file);
  READ[format](model, read.value);
  return undefined;
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function readFile(model: AnsibleModel, given: InventoryFile): Entries | undefined {
  if (given.as === undefined) return readText(model, withoutMark(given.text), given.file);
  if (given.as === 'script') readScript(model, given);
  else readTargets(model, given.text, given.file);
  return undefined;
}

/**
 * What the files say, each recognised by its content: kernward's own format, Ansible's YAML, INI, what
 * `ansible-inventory --list` prints, or a list of host names. All of Ansible's files together are one inventory, as in
 * Ansible: later ones replace variables of earlier ones; so are what scripts print, and targets of the command line.
 */
export function readInventoryFiles(
  files: readonly InventoryFile[],
  variableFiles: readonly VariableFile[],
): readonly Entries[] {
  const model = emptyModel();
  const entries: Entries[] = [];
  let ansibleAt: number | undefined;
  for (const file of files) {
    const isEmpty = file.as === undefined && saysNothing(withoutMark(file.text));
    const native = isEmpty ? nothingIn(file.file) : readFile(model, file);
    if (native === undefined) ansibleAt ??= entries.length;
    else entries.push(native);
  }
  if (ansibleAt === undefined) return entries;
  for (const file of variableFiles) readVariableFile(model, file);
  entries.splice(ansibleAt, 0, ansibleEntries(model));
  return entries;
}
