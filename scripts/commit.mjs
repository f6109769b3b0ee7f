// Of which commit this is built, for `kernward version`: into dist/commit, which the package carries.
import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function git(root, ...args) {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * The commit, with `-modified` where files differ from it; undefined: nobody knows. KERNWARD_COMMIT names it where there is no
 * repository, as for whoever builds an unpacked archive.
 */
export function commitOf(root, env = process.env) {
  if (/^[0-9a-f]{40}(?:-modified)?$/.test(env.KERNWARD_COMMIT ?? '')) return env.KERNWARD_COMMIT;
  // Not that of a repository which somebody unpacked this into.
  const top = git(root, 'rev-parse', '--show-toplevel');
  if (top === undefined || realpathSync(top) !== realpathSync(root)) return undefined;
  const commit = git(root, 'rev-parse', 'HEAD');
  const changes = git(root, 'status', '--porcelain');
  return commit === undefined || changes === undefined ? undefined : commit + (changes === '' ? '' : '-modified');
}

export function writeCommit(root) {
  const commit = commitOf(root);
  const file = join(root, 'dist', 'commit');
  mkdirSync(join(root, 'dist'), { recursive: true });
  if (commit === undefined) rmSync(file, { force: true });
  else writeFileSync(file, `${commit}\n`);
}
