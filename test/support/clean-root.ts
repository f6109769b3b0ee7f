import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { within } from './within.js';

function run(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 1 << 26 });
  assert.equal(status, 0, `${program}: ${stderr}`);
  return stdout;
}

/** What dpkg knows of a package that is installed here: its paragraph. */
function paragraphs(): ReadonlyMap<string, string> {
  const text = readFileSync('/var/lib/dpkg/status', 'utf8');
  return new Map(
    text
      .split('\n\n')
      .filter((each) => /^Status: install ok installed$/mu.test(each))
      .map((each) => [/^Package: (\S+)$/mu.exec(each)?.[1] ?? '', each]),
  );
}

function namesIn(paragraph: string, field: string): readonly string[] {
  const value = new RegExp(`^${field}: (.+)$`, 'mu').exec(paragraph)?.[1] ?? '';
  return value.split(/[,|]/u).map((each) => each.trim().split(/[\s:(]/u)[0] ?? '');
}

/** Debian's essential packages and those that are named, with all that they depend on. */
function chosenPackages(more: readonly string[]): readonly string[] {
  const known = paragraphs();
  const chosen = new Set<string>();
  const waiting = [...known].flatMap(([name, each]) => (/^Essential: yes$/mu.test(each) ? [name] : [])).concat(more);
  /** The package itself, or one that provides what has no package of its own, such as awk. */
  const packageOf = (name: string): string | undefined =>
    known.has(name)
      ? name
      : [...known.keys()].find((each) => namesIn(known.get(each) ?? '', 'Provides').includes(name));
  for (let wanted = waiting.pop(); wanted !== undefined; wanted = waiting.pop()) {
    const name = packageOf(wanted);
    const paragraph = known.get(name ?? '');
    if (name === undefined || paragraph === undefined || chosen.has(name)) continue;
    chosen.add(name);
    waiting.push(...namesIn(paragraph, 'Pre-Depends'), ...namesIn(paragraph, 'Depends'));
  }
  return [...chosen].toSorted();
}

/** Half of the files. Debian's slim image leaves the same out, and keeps their folders. */
const DOCUMENTATION = /^\/usr\/share\/(?:doc|info|locale|man)\//u;

/** What this machine has of a package; a documentation's folders, without what is in them. */
function isWanted(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.isDirectory() || !DOCUMENTATION.test(path));
}

/**
 * A root with nothing but Debian's essential packages, as they are installed here, and dpkg's database of them: no Node.js, no
 * ssh, no network to fetch anything. What a bootstrap would fetch in a minute is here already.
 *
 * @param more packages that are in it too
 */
export function makeCleanRoot(root: string, more: readonly string[]): void {
  for (const folder of ['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64', 'proc', 'dev', 'tmp', 'run', 'root', 'var/tmp'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) run('ln', ['-s', join('usr', name), join(root, name)]);
  const packages = chosenPackages(more);
  const info = '/var/lib/dpkg/info';
  const database = join(root, 'var', 'lib', 'dpkg');
  for (const folder of ['info', 'updates', 'triggers', 'alternatives'])
    mkdirSync(join(database, folder), { recursive: true });
  for (const name of readdirSync(info))
    if (packages.includes(name.replace(/(?::[^.]*)?\.[^.]*$/u, '')))
      cpSync(join(info, name), join(database, 'info', name));
  cpSync(join(info, 'format'), join(database, 'info', 'format'));
  const known = paragraphs();
  writeFileSync(join(database, 'status'), packages.map((name) => `${known.get(name)}\n\n`).join(''));
  writeFileSync(join(database, 'available'), '');
  const paths = run('dpkg-query', ['--listfiles', ...packages])
    .split('\n')
    .filter((path) => path.startsWith('/') && path !== '/.' && isWanted(path));
  // With what maintainer scripts have made of alternatives.
  const alternatives = readdirSync('/etc/alternatives').map((name) => join('/etc/alternatives', name));
  run(
    'bash',
    [
      '-o',
      'pipefail',
      '-euc',
      'tar -C / --no-recursion -cf - -T - | tar -C "$1" --keep-directory-symlink -xf -',
      'bash',
      root,
    ],
    [...new Set([...paths, ...alternatives, '/usr/bin/awk'])].map((path) => `.${path}`).join('\n'),
  );
  writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\nnogroup:x:65534:\n');
  appendFileSync(join(root, 'etc', 'hosts'), '127.0.0.1 localhost\n');
  run('chroot', [root, 'ldconfig']);
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Inside {
  /** What a shell mounts before, below `$1`. */
  readonly mounts?: string;
  /** In place of the root user and its environment: setpriv(1) and its arguments. */
  readonly as?: readonly string[];
}

/** Runs a shell script in the root, in namespaces that end with it, without any way to a network but loopback. */
export function inRoot(root: string, script: string, { mounts: more = '', as = [] }: Inside = {}): Ended {
  const mounts = `mount -t proc proc "$1/proc"; mount -t tmpfs dev "$1/dev"
for n in null zero full random urandom tty; do : >"$1/dev/$n"; mount --bind "/dev/$n" "$1/dev/$n"; done
ln -s /proc/self/fd "$1/dev/fd"; ip link set lo up
${more}
exec chroot "$1" ${as.join(' ')} /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive /bin/sh -euc "$2"`;
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      '--pid',
      '--fork',
      '--kill-child',
      '--net',
      'sh',
      '-euc',
      mounts,
      'sh',
      root,
      script,
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26, timeout: within(300_000) },
  );
  return { status, stdout, stderr };
}
