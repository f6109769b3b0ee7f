import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackedFolder } from '../debian-packages.js';
import { couldNotTest, findProgram } from '../shells.js';
import { within } from '../within.js';

/** Files of one tree, by their names. */
export type LoaderTree = Readonly<Record<string, string>>;

export function needsUBoot(what: string): { readonly skip: boolean } {
  const can =
    unpackedFolder('u-boot-qemu') !== undefined &&
    ['qemu-system-x86_64', 'mkfs.ext4'].every((program) => findProgram(program) !== undefined);
  if (!can) couldNotTest(what);
  return { skip: !can };
}

const PROMPT = '=> ';
const DIGITS = '0 1 2 3 4 5 6 7 8 9';

function rom(): string {
  return join(unpackedFolder('u-boot-qemu') ?? '', 'usr/lib/u-boot/qemu-x86/u-boot.rom');
}

/** What the machine says on its serial line when these are typed, each at its prompt, until the last has been answered. */
async function typed(disk: string, commands: readonly string[]): Promise<string> {
  const machine = spawn(
    'qemu-system-x86_64',
    '-M pc -m 256 -display none -nodefaults -serial stdio -bios'
      .split(' ')
      .concat(rom(), '-drive', `file=${disk},format=raw,if=virtio`),
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(machine, 'exit');
  const late = setTimeout(() => machine.kill(), within(30_000));
  let said = '';
  let next = 0;
  let isStopped = false;
  machine.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    // Any key keeps it from starting something by itself.
    if (!isStopped && said.includes('Hit any key')) {
      isStopped = true;
      machine.stdin.write(' ');
    }
    // It asks where no default is set.
    if (said.endsWith('Enter choice: ')) machine.stdin.write('1\n');
    if (!said.endsWith(`\n${PROMPT}`)) return;
    const command = commands[next++];
    if (command === undefined) machine.kill();
    else machine.stdin.write(`${command}\n`);
  });
  await ended;
  clearTimeout(late);
  return said.replaceAll('\r', '');
}

/**
 * What U-Boot does with the extlinux.conf of each tree, all of them in one boot: it finds no kernel in what it reads, says so, and goes on.
 *
 * @param trees at most 1,000
 * @see cmd/sysboot.c and boot/pxe_utils.c, u-boot 2023.01
 */
export async function sysboot(trees: readonly LoaderTree[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-u-boot-'));
  try {
    for (const [index, files] of trees.entries()) {
      const tree = join(folder, 'root', String(index).padStart(3, '0'));
      mkdirSync(tree, { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(tree, name), text);
    }
    const disk = join(folder, 'disk');
    const make = spawnSync('mkfs.ext4', [
      '-q',
      '-F',
      '-b',
      '1024',
      '-O',
      '^metadata_csum,^64bit',
      '-d',
      join(folder, 'root'),
      disk,
      '32M',
    ]);
    assert.equal(make.status, 0, make.stderr.toString());
    const hundreds = [...Array(Math.ceil(trees.length / 100)).keys()].join(' ');
    const said = await typed(disk, [
      'virtio scan',
      'setenv kernel_addr_r 0x2000000',
      'setenv ramdisk_addr_r 0x4000000',
      `for a in ${hundreds}; do for b in ${DIGITS}; do for c in ${DIGITS}; do echo ==tree; sysboot virtio 0 any 0x1000000 /$a$b$c/extlinux.conf; done; done; done; echo ==tree`,
    ]);
    const answers = said.split(/^==tree$/m).slice(1, trees.length + 1);
    assert.equal(answers.length, trees.length, said.slice(-900));
    return answers;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
