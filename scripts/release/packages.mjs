// Packages for Debian and RPM out of an executable: what is beside it, laid out in a folder, given to dpkg-deb and to rpmbuild.
// The same bytes whoever makes them, and when (SOURCE_DATE_EPOCH).
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { nodePackage } from './node-binary.mjs';
import { run } from './run.mjs';

const DEBIAN = { x64: 'amd64', arm64: 'arm64' };
const RPM = { x64: 'x86_64', arm64: 'aarch64' };
/** Whoever publishes packages puts their own name here. */
const MAINTAINER = process.env.KERNWARD_MAINTAINER ?? 'the kernward maintainers <maintainers@kernward.example>';

/** The moment that everything in a package is of: when the commit was made. */
function releaseTime(root) {
  const given = Number(process.env.SOURCE_DATE_EPOCH);
  if (process.env.SOURCE_DATE_EPOCH !== undefined && Number.isInteger(given)) return given;
  const { status, stdout } = spawnSync('git', ['-C', root, 'log', '-1', '--format=%ct'], { encoding: 'utf8' });
  if (status !== 0) throw new Error('there is no commit to take a time of: set SOURCE_DATE_EPOCH');
  return Number(stdout);
}

function put(file, content, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

const gzip = (content) => gzipSync(content, { level: 9 });

/** A script of a package, with the functions that it calls. */
function withFunctions(root, text) {
  const all = readFileSync(join(root, 'packaging', 'scripts.sh'), 'utf8');
  return text.replaceAll(/^#FUNCTIONS (.+)$/gm, (_, names) =>
    names
      .split(' ')
      .map((name) => {
        const found = new RegExp(`^${name}\\(\\) \\{\\n[^]*?^\\}$`, 'm').exec(all);
        if (found === null) throw new Error(`packaging/scripts.sh has no function ${name}`);
        return found[0];
      })
      .join('\n'),
  );
}

function template(root, path, values) {
  return readFileSync(join(root, 'packaging', path), 'utf8').replaceAll(/@([A-Z]+)@/g, (_, name) => {
    if (values[name] === undefined) throw new Error(`packaging/${path}: nothing is known of ${name}`);
    return values[name];
  });
}

/** By shell, what completes the command there. */
function completionsOf(root) {
  const of = (shell) => run(process.execPath, [join(root, 'dist', 'kernward.js'), 'completion', shell]);
  return { bash: of('bash'), zsh: of('zsh'), fish: of('fish') };
}

/** What is in both kinds of packages. */
function layOut(root, stage, { executable, architecture, completions }, zshFolder) {
  const read = (...path) => readFileSync(join(root, ...path));
  mkdirSync(join(stage, 'usr', 'lib', 'kernward'), { recursive: true });
  const inside = join(stage, 'usr', 'lib', 'kernward', 'kernward');
  try {
    linkSync(executable, inside);
  } catch {
    copyFileSync(executable, inside); // on another disk
  }
  const usr = (...path) => join(stage, 'usr', ...path);
  put(usr('bin', 'kernward'), read('packaging', 'kernward.sh'), 0o755);
  for (const name of ['inventory.yaml', 'waivers.yaml'])
    put(join(stage, 'etc', 'kernward', name), read('packaging', 'etc', name));
  for (const name of ['kernward.service', 'kernward.timer', 'kernward-failure@.service'])
    put(usr('lib', 'systemd', 'system', name), read('examples', name));
  put(usr('share', 'bash-completion', 'completions', 'kernward'), completions.bash);
  put(usr('share', zshFolder, '_kernward'), completions.zsh);
  put(usr('share', 'fish', 'vendor_completions.d', 'kernward.fish'), completions.fish);
  put(usr('share', 'man', 'man1', 'kernward.1.gz'), gzip(read('man', 'kernward.1')));
  const doc = (...path) => usr('share', 'doc', 'kernward', ...path);
  put(doc('copyright'), read('packaging', 'debian', 'copyright'));
  put(doc('THIRD-PARTY-NOTICES.gz'), gzip(read('dist', 'THIRD-PARTY-NOTICES')));
  put(doc('NODE-LICENSE.gz'), gzip(readFileSync(join(nodePackage(root, architecture), 'LICENSE'))));
  put(doc('changelog.gz'), gzip(read('CHANGELOG.md')));
  for (const name of ['inventory.example.yaml', 'waivers.example.yaml']) put(doc(name), read(name));
}

/** Folders and files as everybody may have them, and all of one moment. */
function settle(folder, seconds) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) settle(path, seconds);
    else lutimesSync(path, seconds, seconds);
  }
  chmodSync(folder, 0o755);
  lutimesSync(folder, seconds, seconds);
}

function filesBelow(folder, from = '') {
  return readdirSync(join(folder, from), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(folder, join(from, entry.name)) : [join(from, entry.name)]))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function makeDebian(root, work, what) {
  const { architecture, version, seconds, to, inHaste } = what;
  const stage = join(work, 'deb');
  layOut(root, stage, what, join('zsh', 'vendor-completions'));
  const doc = join(stage, 'usr', 'share', 'doc', 'kernward');
  const date = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
  put(
    join(doc, 'changelog.Debian.gz'),
    gzip(
      `kernward (${version}-1) unstable; urgency=medium\n\n  * Version ${version}: changelog.gz says what is in it.\n\n -- ${MAINTAINER}  ${date}\n`,
    ),
  );
  put(
    join(stage, 'usr', 'share', 'lintian', 'overrides', 'kernward'),
    readFileSync(join(root, 'packaging', 'debian', 'lintian-overrides')),
  );
  const files = filesBelow(stage);
  const kib = files.reduce((sum, name) => sum + Math.ceil(statSync(join(stage, name)).size / 1024), 0);
  const control = (name) => join(stage, 'DEBIAN', name);
  put(
    control('control'),
    template(root, join('debian', 'control'), {
      VERSION: version,
      ARCHITECTURE: DEBIAN[architecture],
      MAINTAINER,
      KIB: kib,
    }),
  );
  put(
    control('conffiles'),
    files
      .filter((name) => name.startsWith('etc'))
      .map((name) => `/${name}\n`)
      .join(''),
  );
  put(
    control('md5sums'),
    files
      .filter((name) => !name.startsWith('etc'))
      .map(
        (name) =>
          `${createHash('md5')
            .update(readFileSync(join(stage, name)))
            .digest('hex')}  ${name}\n`,
      )
      .join(''),
  );
  for (const name of ['postinst', 'prerm', 'postrm'])
    put(control(name), withFunctions(root, readFileSync(join(root, 'packaging', 'debian', name), 'utf8')), 0o755);
  settle(stage, seconds);
  const file = join(to, `kernward_${version}-1_${DEBIAN[architecture]}.deb`);
  run('dpkg-deb', ['--root-owner-group', ...(inHaste ? ['-Zgzip', '-z1'] : ['-Zxz', '-z1']), '--build', stage, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
  });
}

/** `Sat Nov 28 2026`, as a changelog of RPM has it. */
function rpmDate(seconds) {
  const [, day, date, month, year] = /^(\w+), (\d+) (\w+) (\d+)/.exec(new Date(seconds * 1000).toUTCString());
  return `${day} ${month} ${date} ${year}`;
}

function makeRpm(root, work, what) {
  const { architecture, version, seconds, to, inHaste } = what;
  const stage = join(work, 'stage');
  layOut(root, stage, what, join('zsh', 'site-functions'));
  settle(stage, seconds);
  const spec = join(work, 'kernward.spec');
  writeFileSync(
    spec,
    withFunctions(
      root,
      template(root, join('rpm', 'kernward.spec'), {
        VERSION: version,
        STAGE: stage,
        DATE: rpmDate(seconds),
        MAINTAINER,
      }),
    ),
  );
  const defines = {
    _topdir: join(work, 'rpmbuild'),
    _rpmdir: join(work, 'rpm'),
    _rpmfilename: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _buildhost: 'kernward',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    _binary_payload: inHaste ? 'w1.zstdio' : 'w9.zstdio',
  };
  const words = Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  run('rpmbuild', ['-bb', '--quiet', '--target', `${RPM[architecture]}-linux`, ...words, spec], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds), LC_ALL: 'C' },
  });
  const name = `kernward-${version}-1.${RPM[architecture]}.rpm`;
  copyFileSync(join(work, 'rpm', name), join(to, name));
}

/** @param what the executable, its processor, the version, the folder that the packages come into, and whether in haste */
export function makePackages(root, what) {
  const work = mkdtempSync(join(tmpdir(), 'kernward-packages-'));
  try {
    const all = { ...what, seconds: releaseTime(root), completions: completionsOf(root) };
    makeDebian(root, work, all);
    makeRpm(root, work, all);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
