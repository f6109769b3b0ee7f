import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { historyOfTmpfiles } from '../../../src/kernel/next-boot/tmpfiles-d.js';
import { isHere } from '../../support/debian-tool.js';
import { TARGETS, tmpfilesTrees, toTmpfilesTree, type TmpfilesNode } from '../../support/next-boot/tmpfiles-trees.js';

const PROGRAM = '/usr/bin/systemd-tmpfiles';
const skip = isHere(existsSync(PROGRAM), PROGRAM, 'systemd') ? false : `no ${PROGRAM}`;

/** KERNWARD_DIFFERENTIAL=10000 node scripts/test.mjs next-boot/tmpfiles compares so many, from a new seed. */
const asked = process.env['KERNWARD_DIFFERENTIAL'];
const TREES = Number(asked ?? 400);

type Contents = Readonly<Record<string, string>>;

/** What systemd-tmpfiles makes of a tree, with the options of systemd-tmpfiles-setup.service; the files are empty before. */
function applied(nodes: readonly TmpfilesNode[]): Contents {
  const root = mkdtempSync(join(tmpdir(), 'kernward-tmpfiles-'));
  try {
    mkdirSync(join(root, 'etc'));
    for (const { path, kind, text } of nodes) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      if (kind === 'file') writeFileSync(join(root, path), text);
      else symlinkSync('/dev/null', join(root, path));
    }
    writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0::/root:/bin/sh\n');
    writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\n');
    for (const path of TARGETS) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), '');
    }
    spawnSync(PROGRAM, ['--create', '--remove', '--boot', '--exclude-prefix=/dev', `--root=${root}`], {
      stdio: 'ignore',
      env: { LC_ALL: 'C.UTF-8' },
    });
    return Object.fromEntries(TARGETS.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What the writes that are predicted leave in a file of a disk, which unlike one of the kernel keeps what it had. */
function predicted(nodes: readonly TmpfilesNode[], path: string): string | { readonly doubt: string } {
  const { writes, doubt } = historyOfTmpfiles({ tmpfiles: toTmpfilesTree(nodes) }, path);
  if (doubt !== undefined) return { doubt };
  return writes.reduce((content, { value, file, line }) => {
    const text = nodes.find((node) => node.path === file)?.text.split('\n')[line - 1] ?? '';
    const type = text.trim().split(/\s/)[0] ?? '';
    if (/^[fF]/.test(type)) return value;
    return type.includes('+') ? content + value : value + content.slice(value.length);
  }, '');
}

describe('tmpfiles.d, against systemd-tmpfiles', { skip }, () => {
  test(`it agrees on ${TREES} generated trees`, () => {
    const trees = tmpfilesTrees(
      TREES,
      Number(process.env['KERNWARD_SEED'] ?? (asked === undefined ? 20_261_128 : Date.now() % 2 ** 31)),
    );
    let [known, open] = [0, 0];
    const wrong = trees.flatMap((nodes) => {
      const real = applied(nodes);
      return TARGETS.flatMap((path) => {
        const ours = predicted(nodes, path);
        if (typeof ours === 'object') {
          open += 1;
          return [];
        }
        known += Number(real[path] !== '');
        return ours === real[path] ? [] : [{ path, ours, real: real[path], nodes }];
      });
    });
    assert.equal(wrong.length, 0, `${wrong.length} of ${known}: ${JSON.stringify(wrong.slice(0, 4), undefined, 1)}`);
    assert.ok(known > TREES / 2 && known > open, `${known} were written and ${open} left open: the trees try nothing`);
  });
});
