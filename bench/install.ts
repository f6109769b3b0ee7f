/**
 * `node dist/bench/install.js`: each way of installing kernward, in a root of its own that has nothing but Debian's essential
 * packages: what is fetched, what it is on the disk, how long it takes until it is installed, and then until it has judged a host.
 *
 * Needs Debian, root, buildah, rpm, and what `npm run release x64` makes.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { inRoot, makeCleanRoot } from '../test/support/clean-root.js';

const ROUNDS = 3;
const release = join(PACKAGE_ROOT, 'dist', 'release');
const folder = mkdtempSync(join(tmpdir(), 'kernward-install-'));
const root = join(folder, 'root');

function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout.trim();
}

function released(end: string): string {
  const name = readdirSync(release).find((each) => each.endsWith(end));
  if (name === undefined) throw new Error(`dist/release has no file …${end}: npm run release x64`);
  return join(release, name);
}

function inside(place: string, script: string): string {
  const { status, stdout, stderr } = inRoot(place, `cd /work; ${script}`);
  if (status !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
  return stdout;
}

function seconds(work: () => void): number {
  const begun = performance.now();
  work();
  return (performance.now() - begun) / 1000;
}

function megabytesOn(place: string): number {
  return Number(run('du', '-sx', '-B1000', place).split('\t')[0]) / 1000;
}

/** The Node.js and npm that run this. */
function putNode(): void {
  copyFileSync(process.execPath, join(root, 'usr', 'bin', 'node'));
  const npm = join(run('npm', 'root', '--global'), 'npm');
  cpSync(realpathSync(npm), join(root, 'usr', 'lib', 'node_modules', 'npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr', 'bin', 'npm'));
}

function fresh(...more: readonly string[]): void {
  rmSync(root, { recursive: true, force: true });
  makeCleanRoot(root, ['libstdc++6', 'passwd', ...more]);
  mkdirSync(join(root, 'work'));
  copyFileSync(join(PACKAGE_ROOT, 'policies', 'hosts', 'debian-12.probe'), join(root, 'work', 'db1.probe'));
  writeFileSync(
    join(root, 'work', 'fleet.yaml'),
    'hosts: [{ name: db1, transport: recorded, recording: db1.probe }]\n',
  );
}

const store = ['--root', join(folder, 'store'), '--runroot', join(folder, 'store-run'), '--storage-driver', 'vfs'];
function buildah(...args: readonly string[]): string {
  return run('buildah', ...store, ...args);
}

interface Way {
  readonly name: string;
  /** What is fetched. */
  readonly file: string;
  readonly prepare: () => void;
  readonly install: (file: string) => void;
}

/** Where an installed kernward is found. */
let place = root;

const WAYS: readonly Way[] = [
  {
    name: 'npm, Node.js is there',
    file: join(folder, run('npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder)),
    prepare: () => {
      fresh();
      putNode();
    },
    install: (file) => void inside(root, `npm install --global --no-audit --no-fund ./${basename(file)}`),
  },
  {
    name: 'single executable',
    file: released('linux-x64'),
    prepare: fresh,
    install: (file) =>
      void inside(root, `sha256sum ${basename(file)}; install -m 755 ${basename(file)} /usr/bin/kernward`),
  },
  {
    name: 'Debian package',
    file: released('amd64.deb'),
    prepare: fresh,
    install: (file) => void inside(root, `dpkg --install ${basename(file)}`),
  },
  {
    name: 'RPM package',
    file: released('x86_64.rpm'),
    prepare: fresh,
    install: (file) => void run('rpm', '--root', root, '--dbpath', '/var/lib/rpm', '--nodeps', '--install', file),
  },
  {
    name: 'image, its base is there',
    file: released('amd64.deb'),
    prepare: () => {
      fresh('apt', 'openssh-client');
      const empty = buildah('from', 'scratch');
      buildah('add', '--quiet', empty, root, '/');
      buildah('commit', '--quiet', '--rm', empty, 'localhost/base:1');
    },
    install: () => {
      const file = join(PACKAGE_ROOT, 'packaging', 'Containerfile');
      buildah('build', '--quiet', '--file', file, '--build-arg=BASE=localhost/base:1', '--tag=localhost/k:1', release);
      place = buildah('mount', buildah('from', 'localhost/k:1'));
    },
  },
];

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

try {
  process.env['KERNWARD_TEST_SLOWNESS'] ??= '4'; // of deadlines, which inRoot has
  process.stdout.write(`| | fetched | on the disk | to install | first scan | the demo |\n|---|---|---|---|---|---|\n`);
  for (const { name, file, prepare, install } of WAYS) {
    const rounds = Array.from({ length: ROUNDS }, () => {
      place = root;
      prepare();
      const before = megabytesOn(root);
      const fetched = join(root, 'work', basename(file));
      if (!name.startsWith('image')) copyFileSync(file, fetched);
      const installed = seconds(() => install(file));
      rmSync(fetched, { force: true });
      return {
        installed,
        size: megabytesOn(place) - before,
        scanned: seconds(() => void inside(place, 'kernward scan -i fleet.yaml')),
        demo: seconds(() => void inside(place, 'cd /tmp; kernward demo')),
      };
    });
    const of = (pick: (round: (typeof rounds)[number]) => number): number => median(rounds.map(pick));
    const mb = (statSync(file).size / 1e6).toFixed(1);
    process.stdout.write(
      `| ${name} | ${mb} MB | ${of(({ size }) => size).toFixed(1)} MB | ${of(({ installed }) => installed).toFixed(1)} s | ${of(({ scanned }) => scanned).toFixed(1)} s | ${of(({ demo }) => demo).toFixed(1)} s |\n`,
    );
  }
} finally {
  spawnSync('buildah', [...store, 'rm', '--all']);
  spawnSync('buildah', [...store, 'rmi', '--all', '--force']);
  rmSync(folder, { recursive: true, force: true });
}
