import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Packed {
  /** The archive, in bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
  readonly filename: string;
}

/** Packs what was built (what `prepack` would build is there), and unpacks it into a folder that is made. */
export function unpackTo(folder: string, scratch: string): Packed {
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', scratch];
  const { status, stdout, stderr } = spawnSync('npm', pack, { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.equal(status, 0, stderr);
  const [packed]: readonly Packed[] = JSON.parse(stdout);
  assert.ok(packed !== undefined);
  mkdirSync(folder, { recursive: true });
  const tar = spawnSync('tar', ['-xzf', join(scratch, packed.filename), '-C', folder, '--strip-components=1']);
  assert.equal(tar.status, 0, String(tar.stderr));
  return packed;
}
