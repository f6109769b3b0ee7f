/**
 * Run by `scratch-boot.ts` where /proc/sys and the directories of sysctl.d are scratch: writes each tree of the file that
 * is named, has both programs apply it, and prints what stands in /proc/sys then, a line a tree.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { KEYS, type Node } from './sysctl-trees.js';

const ROOTS = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((root) => `${root}/sysctl.d`);
const PROGRAMS = [
  ['/usr/lib/systemd/systemd-sysctl'],
  // From procps 4 on it says what it does; the writes are looked at all the same.
  ['/usr/sbin/sysctl', '-q', '--system'],
];

const UNTOUCHED = 'untouched\n';

function plant(nodes: readonly Node[]): void {
  rmSync('/etc/sysctl.conf', { force: true });
  for (const root of ROOTS) {
    mkdirSync(root, { recursive: true });
    for (const name of readdirSync(root)) rmSync(`${root}/${name}`, { recursive: true, force: true });
  }
  for (const { path, kind, text } of nodes)
    if (kind === 'file') writeFileSync(path, text);
    else if (kind === 'directory') mkdirSync(path);
    else symlinkSync(kind === 'null' ? '/dev/null' : kind === 'link' ? '/etc/sysctl.conf' : '/no/such/file', path);
}

function applyWith([program = '', ...args]: readonly string[]): Readonly<Record<string, string>> {
  // Not empty: systemd-sysctl does not write what is there already.
  for (const key of KEYS) writeFileSync(`/proc/sys/${key}`, UNTOUCHED);
  spawnSync(program, args, { stdio: 'ignore', env: { LC_ALL: 'C.UTF-8' } });
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const content = readFileSync(`/proc/sys/${key}`, 'utf8');
      // The programs write over what is there, which no file of a kernel keeps: the first line is the last that was written.
      return content === UNTOUCHED ? [] : [[key, content.slice(0, content.indexOf('\n'))]];
    }),
  );
}

for (const key of KEYS) mkdirSync(dirname(`/proc/sys/${key}`), { recursive: true });
const trees: readonly (readonly Node[])[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
for (const nodes of trees) {
  plant(nodes);
  process.stdout.write(`${JSON.stringify(PROGRAMS.map(applyWith))}\n`);
}
