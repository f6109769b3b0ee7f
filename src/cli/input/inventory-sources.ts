import { accessSync, closeSync, constants, existsSync, readSync, statSync } from 'node:fs';
import type { InventoryFile } from '../../inventory/inventory-file.js';
import { right, wrong, type Diagnostic, type DiagnosticSink, type Loaded } from '../../model/diagnostic.js';
import { openToRead } from '../../transports/read-file.js';
import { clean } from '../../text/clean.js';
import { whatElse } from '../../text/no-utf8.js';
import { filesInFolder } from './inventory-folder.js';
import { askScript, type ScriptLimits } from './inventory-script.js';
import { readSources, unreadableFile } from './source-file.js';
import { append } from '../../text/append.js';

/** What to do with a file: `text` read it, `program` ask it, `unmarked` a script that cannot be run. */
type FileKind = 'text' | 'executable-text' | 'program' | 'unmarked';

/** Enough to see `#!`, and that a program of the machine is no text. */
const HEAD_BYTES = 512;

function headOf(path: string): Buffer {
  const file = openToRead(path);
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * As Ansible decides it: what is executable is run if it can be. It tries, and reads the file as a text where the system
 * cannot run it; here the start of the file says so, and nothing is run on trial.
 */
function kindOf(path: string): FileKind {
  // A pipe or a device has no head to look at without taking it away.
  if (!statSync(path).isFile()) return 'text';
  const head = headOf(path);
  // A text in UTF-16 has zeros too, and is told for what it is.
  if (whatElse(head) !== undefined) return 'text';
  const isScript = head.subarray(0, 2).toString('latin1') === '#!';
  if (!isExecutable(path)) return isScript ? 'unmarked' : 'text';
  return isScript || head.includes(0) ? 'program' : 'executable-text';
}

const NOT_A_PROGRAM = {
  'executable-text': (path: string): Diagnostic => ({
    code: 'inventory/executable',
    severity: 'warning',
    message: `${clean(path, 200)} is executable and no program: it is read as a text`,
    help: 'chmod -x it; an inventory script starts with #! and the path of its interpreter',
  }),
  unmarked: (path: string): Diagnostic => ({
    code: 'inventory/executable',
    severity: 'error',
    message: `${clean(path, 200)} starts with #! and is not executable`,
    help: 'chmod +x it, so that it is run; or, if it is no script, remove its first line',
  }),
} as const;

/** `-i web1,web2`: hosts and no file, as in Ansible; one host alone needs the comma at the end. */
export function isHostList(path: string): boolean {
  return path.includes(',') && !existsSync(path);
}

async function readFile(
  path: string,
  limits: ScriptLimits,
  diagnostics: DiagnosticSink,
): Promise<readonly InventoryFile[]> {
  const kind = path === '-' ? 'text' : kindOf(path);
  if (kind === 'program' && limits.mayRun === false) {
    diagnostics.add({
      code: 'exec/refused',
      severity: 'error',
      message: `${clean(path, 200)} is executable and would be run (--no-exec)`,
      help: 'read it, and leave --no-exec out where you would run it by hand; or save what it prints for --list',
    });
    return [];
  }
  if (kind === 'program') {
    const printed = await askScript(path, limits, diagnostics);
    return printed === undefined ? [] : [printed];
  }
  if (kind !== 'text') diagnostics.add(NOT_A_PROGRAM[kind](path));
  if (kind === 'unmarked') return [];
  return diagnostics.take(readSources([path])) ?? [];
}

function filesOf(path: string): Loaded<readonly string[]> {
  try {
    if (path === '-' || !statSync(path).isDirectory()) return right([path]);
    const { files, passedOver } = filesInFolder(path);
    if (files.length === 0) throw new Error('it is a folder without an inventory');
    return {
      value: files,
      diagnostics: passedOver.map((file) => ({
        code: 'inventory/passed-over',
        severity: 'warning',
        message: `${clean(file, 200)} is passed over: in a folder Ansible reads no file that ends in .txt`,
        help: 'name a list of hosts otherwise, e.g. hosts',
      })),
    };
  } catch (thrown) {
    return wrong([unreadableFile(path, thrown)]);
  }
}

/**
 * The inventories of `-i`: a file, a folder of them, a program that is asked, a list of hosts, or standard input. All
 * failures are collected.
 */
export async function readInventories(
  paths: readonly string[],
  limits: ScriptLimits,
  diagnostics: DiagnosticSink,
): Promise<readonly InventoryFile[]> {
  const files: InventoryFile[] = [];
  for (const path of paths) {
    if (isHostList(path)) {
      files.push({ file: '-i', text: path, as: 'targets' });
      continue;
    }
    for (const file of diagnostics.take(filesOf(path)) ?? []) {
      try {
        append(files, await readFile(file, limits, diagnostics));
      } catch (thrown) {
        diagnostics.add(unreadableFile(file, thrown));
      }
    }
  }
  return files;
}
