/** What `npm run release` makes, used as whoever downloads it does: on a machine that has no Node.js. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { inRoot, makeCleanRoot } from '../support/clean-root.js';
import { needsRelease } from '../support/release-needs.js';
import { scratch } from '../support/scratch.js';
import { kernwardWarm } from '../support/warm/commands.js';
import { within } from '../support/within.js';

const folder = scratch();
const made = join(folder, 'release');
const root = join(folder, 'root');
after(() => rmSync(folder, { recursive: true, force: true }));

const { version: VERSION }: { readonly version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
const EXECUTABLE = `kernward-${VERSION}-linux-x64`;

/** Of a command that must end with `expected`. */
function output(script: string, expected = 0): string {
  const { status, stdout, stderr } = inRoot(root, `cd /work; ${script}`);
  assert.equal(status, expected, `${script}: ${stdout}${stderr}`);
  return stdout;
}

const old = join(folder, 'old');
const again = join(folder, 'again');

/** Both kinds of packages of another version, with a script in place of the executable. */
function makeSmall(to: string, version: string, env: NodeJS.ProcessEnv = {}): void {
  mkdirSync(to);
  const script = join(folder, 'small');
  writeFileSync(script, '#!/bin/sh\necho small\n', { mode: 0o755 });
  const what = JSON.stringify({ executable: script, architecture: 'x64', version, to });
  const module = JSON.stringify(join(process.cwd(), 'scripts', 'release', 'packages.mjs'));
  const program = `import { makePackages } from ${module}; makePackages(process.cwd(), ${what});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  assert.equal(status, 0, stderr);
}

const DEB = `kernward_${VERSION}-1_amd64.deb`;
const RPM = `kernward-${VERSION}-1.x86_64.rpm`;

function complaints(program: string, ...args: readonly string[]): string {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: within(120_000) });
  assert.equal(error, undefined);
  return `${stdout}${stderr}`;
}

/** What somebody who installs and removes a package is left with: files, with what is in those that list accounts. */
function state(): string {
  return output(
    `cd /; find etc usr var -xdev ! -path 'var/lib/dpkg*' ! -path 'var/lib/rpm*' ! -path 'var/log*' ! -path 'var/cache*' ! -path 'etc/*-' ! -name .pwd.lock | sort; cat etc/passwd etc/group`,
  );
}

function changes(before: string, now: string): readonly string[] {
  const [had, has] = [before.split('\n'), now.split('\n')];
  return [
    ...had.filter((line) => !has.includes(line)).map((line) => `- ${line}`),
    ...has.filter((line) => !had.includes(line)).map((line) => `+ ${line}`),
  ];
}

const AUDIT =
  'setpriv --reuid=kernward --regid=kernward --init-groups env HOME=/var/lib/kernward kernward scan -i /etc/kernward/inventory.yaml --waivers /etc/kernward/waivers.yaml';

/** As an administrator uses what is installed: an inventory, the command as the service's account, its manual and completion. */
function useIt(): void {
  output(`cp db1.probe /var/lib/kernward/; chmod a+r /var/lib/kernward/db1.probe
cat >/etc/kernward/inventory.yaml <<'END'
hosts: [{ name: db1, transport: recorded, recording: /var/lib/kernward/db1.probe }]
END
${AUDIT} --quiet --history=/var/lib/kernward/history.db -o json:/var/lib/kernward/latest.json`);
  assert.equal(
    output('stat -c "%U %a" /var/lib/kernward /var/lib/kernward/latest.json'),
    'kernward 700\nkernward 600\n',
  );
  assert.equal(output('kernward --version'), `${VERSION}\n`);
  assert.match(output('zcat /usr/share/man/man1/kernward.1.gz'), /^\.TH KERNWARD 1/mu);
  assert.match(
    output(`bash -c '. /usr/share/bash-completion/completions/kernward; complete -p kernward'`),
    /^complete -F _kernward kernward$/mu,
  );
  for (const name of ['kernward.service', 'kernward.timer', 'kernward-failure@.service'])
    assert.equal(output(`cat /usr/lib/systemd/system/${name}`), readFileSync(join('examples', name), 'utf8'));
}

function rpm(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('rpm', ['--root', root, '--dbpath', '/var/lib/rpm', ...args], {
    encoding: 'utf8',
    timeout: within(120_000),
  });
  // Debian's says that a Debian has other packages.
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What examples/kubernetes-cronjob.yaml has in a container. */
function cronJobCommand(): string {
  const job: unknown = parse(readFileSync(join('examples', 'kubernetes-cronjob.yaml'), 'utf8'));
  const { command, args } = Object(job).spec.jobTemplate.spec.template.spec.containers[0];
  return [...command, ...args].join(' ');
}

describe('a release', needsRelease(), () => {
  before(() => {
    // How hard packages are compressed is no matter here; those of `makeSmall` are what a release has.
    const args = [join('scripts', 'release.mjs'), `--to=${made}`, '--in-haste', 'x64'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: within(300_000) });
    assert.equal(status, 0, stderr);
    makeCleanRoot(root, ['libstdc++6', 'passwd']);
    copyFileSync(join(made, EXECUTABLE), join(root, 'usr', 'bin', 'kw'));
    mkdirSync(join(root, 'work'));
    copyFileSync(join('policies', 'hosts', 'debian-12.probe'), join(root, 'work', 'db1.probe'));
    writeFileSync(
      join(root, 'work', 'fleet.yaml'),
      'hosts: [{ name: db1, transport: recorded, recording: db1.probe }, { name: self, transport: local }]\n',
    );
  });

  test('its files are those that SHA256SUMS names', () => {
    const said = readFileSync(join(made, 'SHA256SUMS'), 'utf8');
    const files = readdirSync(made)
      .filter((name) => name !== 'SHA256SUMS')
      .toSorted();
    const real = files.map((name) => {
      const digest = createHash('sha256')
        .update(readFileSync(join(made, name)))
        .digest('hex');
      return `${digest}  ${name}\n`;
    });
    assert.equal(said, real.join(''));
  });

  test('the executable is below 110 MB, and says what it is without Node.js or ssh', () => {
    const { size } = statSync(join(made, EXECUTABLE));
    assert.ok(size < 110_000_000, `${size} bytes`);
    assert.ok(
      !readFileSync(join(made, EXECUTABLE)).includes('kernward-executable-'),
      'it knows the folder it was made in',
    );
    const said: unknown = JSON.parse(output('! command -v node >&2; ! command -v ssh >&2; kw version --json'));
    const own = spawnSync(process.execPath, [join('dist', 'kernward.js'), 'version', '--json'], { encoding: 'utf8' });
    const { version, commit, policies }: Readonly<Record<string, unknown>> = JSON.parse(own.stdout);
    const { node } = Object(said);
    assert.deepEqual(said, {
      schema: 1,
      version,
      commit,
      node,
      platform: 'linux x64',
      form: 'executable',
      ssh: null,
      sqlite: 'node:sqlite',
      policies,
    });
    assert.match(String(node), /^24\./u);
  });

  test('the executable runs the demo: it is the fleet, and what looks names up, too', () => {
    const said = output('kw demo');
    assert.match(said, /^All 14 hosts were judged as expected\.$/mu);
    assert.match(said, /`kw scan --local`/u);
    assert.match(output('cat kernward-demo/report.html'), /<html/u);
  });

  test('it scans, collects, evaluates, reports, explains and compares', () => {
    output('kw scan -i fleet.yaml --fail-on never -o json:scan.json -o html:scan.html');
    output('kw collect -i fleet.yaml > fleet.jsonl; kw eval fleet.jsonl --fail-on never -o json:eval.json');
    assert.match(output('kw report scan.json -o csv-hosts'), /,db1,/u);
    assert.match(output('kw report scan.json -o html'), /<html/u);
    assert.match(output('kw explain --report scan.json db1'), /Debian GNU\/Linux 12/u);
    // The root itself is one of the hosts, of which not everything is known.
    assert.match(output('kw diff scan.json eval.json', 3), /^0 newly-failing,/mu);
  });

  test('it keeps a history, in processes of its own', () => {
    output('kw scan -i fleet.yaml --fail-on never --history=history.db --quiet');
    output('kw scan -i fleet.yaml --fail-on never --history=history.db --quiet');
    assert.equal(output('kw history trend --history=history.db -o csv').trim().split('\n').length, 3);
  });

  test('what it lists, prints and completes is what the package lists, prints and completes', async () => {
    for (const args of [
      'policy list',
      'facts',
      'collector',
      'fix list',
      'completion bash',
      '__complete -- scan --pro',
      '--help',
    ]) {
      const own = await kernwardWarm(folder, ...args.split(' '));
      assert.equal(output(`kw ${args}`), own.stdout, args);
    }
  });

  test('a mistake of the user is told as ever, with its exit code', () => {
    assert.equal(inRoot(root, 'cd /work; echo "hosts: [" > bad.yaml; kw scan -i bad.yaml').status, 2);
    assert.equal(inRoot(root, 'kw __program:nothing').status, 4);
  });

  test('packages of one commit are the same to the byte, whoever makes them, where and when', () => {
    makeSmall(old, '0.0.9');
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const umask = process.umask(0o077);
    try {
      makeSmall(again, '0.0.9', { TMPDIR: elsewhere, TZ: 'Asia/Kathmandu', LC_ALL: 'C.UTF-8' });
    } finally {
      process.umask(umask);
    }
    const names = readdirSync(old).toSorted();
    assert.deepEqual(names, ['kernward-0.0.9-1.x86_64.rpm', 'kernward_0.0.9-1_amd64.deb']);
    for (const name of names) assert.ok(readFileSync(join(old, name)).equals(readFileSync(join(again, name))), name);
  });

  test('lintian and rpmlint have nothing to say beyond what is answered in packaging/', () => {
    // What it says of spelling in a binary is never shown, and it reads every word of Node.js for it.
    const args = ['--allow-root', '--fail-on', 'none', '--dont-check-part', 'binaries/spelling', join(made, DEB)];
    assert.equal(complaints('lintian', ...args).replaceAll(/^N: .*\n/gmu, ''), '');
    const said = complaints('rpmlint', '--config', join('packaging', 'rpm', 'rpmlint.toml'), join(made, RPM));
    assert.match(said, / 0 errors, 0 warnings, /u);
  });

  test('nohup is heeded by what the packages install', () => {
    const wrapper = readFileSync(join('packaging', 'kernward.sh'), 'utf8');
    const [, sh = ''] = readFileSync(join('bin', 'kernward.cjs'), 'utf8').split('\n');
    assert.ok(wrapper.includes(sh.slice(sh.indexOf('while'))));
  });

  test('the Debian package is installed, upgraded, used and removed, and a purge leaves nothing', () => {
    const before = state();
    copyFileSync(join(old, 'kernward_0.0.9-1_amd64.deb'), join(root, 'work', 'old.deb'));
    copyFileSync(join(made, DEB), join(root, 'work', 'new.deb'));
    output('dpkg --install old.deb');
    assert.equal(output('kernward'), 'small\n');
    const account = output('id kernward');
    output('echo "# ours" >>/etc/kernward/waivers.yaml; echo kept >/var/lib/kernward/report');
    output('dpkg --install new.deb; rm *.deb');
    assert.equal(
      output('id kernward; cat /var/lib/kernward/report; tail -n 1 /etc/kernward/waivers.yaml'),
      `${account}kept\n# ours\n`,
    );
    assert.equal(inRoot(root, AUDIT).status, 2, 'an inventory without hosts');
    useIt();
    assert.equal(
      output('dpkg --verify kernward').replaceAll(/^..5\S* c \/etc\/kernward\/(inventory|waivers)\.yaml\n/gmu, ''),
      '',
    );
    output('dpkg --remove kernward');
    assert.equal(
      output(
        'ls /etc/kernward; id -un kernward; cat /var/lib/kernward/report; ! ls /usr/bin/kernward /usr/lib/kernward >&2',
      ),
      'inventory.yaml\nwaivers.yaml\nkernward\nkept\n',
    );
    output('dpkg --purge kernward');
    assert.deepEqual(changes(before, state()), []);
  });

  test('the RPM package is installed, upgraded, used and removed; what its user wrote stays', () => {
    const before = state();
    rpm('--install', '--nodeps', join(old, 'kernward-0.0.9-1.x86_64.rpm'));
    assert.equal(output('kernward'), 'small\n');
    const account = output('id kernward');
    output('echo "# ours" >>/etc/kernward/waivers.yaml; echo kept >/var/lib/kernward/report');
    rpm('--upgrade', '--nodeps', join(made, RPM));
    assert.equal(
      output('id kernward; cat /var/lib/kernward/report; tail -n 1 /etc/kernward/waivers.yaml'),
      `${account}kept\n# ours\n`,
    );
    useIt();
    assert.equal(rpm('--query', '--all'), `kernward-${VERSION}-1.x86_64\n`);
    rpm('--erase', 'kernward');
    output('rm -r /etc/kernward /var/lib/kernward; userdel kernward');
    assert.deepEqual(changes(before, state()), []);
  });

  test('the image is built of a base without a network, and does what the CronJob asks of it on a root that is read-only', () => {
    const store = [`--root=${join(folder, 'store')}`, `--runroot=${join(folder, 'store-run')}`, '--storage-driver=vfs'];
    const buildah = (...args: readonly string[]): string => {
      const { status, stdout, stderr } = spawnSync('buildah', [...store, ...args], {
        encoding: 'utf8',
        env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
        timeout: within(300_000),
      });
      assert.equal(status, 0, stderr);
      return stdout.trim();
    };
    try {
      const empty = buildah('from', 'scratch');
      // ssh is in it already: what apt would fetch for it is all that is not tried here.
      makeCleanRoot(buildah('mount', empty), ['apt', 'libstdc++6', 'openssh-client', 'passwd']);
      buildah('commit', '--quiet', '--rm', empty, 'localhost/base:1');
      const file = join('packaging', 'Containerfile');
      buildah(
        'build',
        '--quiet',
        '--file',
        file,
        '--build-arg=BASE=localhost/base:1',
        '--tag=localhost/kernward:1',
        made,
      );
      const { OCIv1 }: { readonly OCIv1: { readonly config: Readonly<Record<string, unknown>> } } = JSON.parse(
        buildah('inspect', '--type=image', 'localhost/kernward:1'),
      );
      assert.equal(OCIv1.config['User'], '10001:10001');
      assert.deepEqual(OCIv1.config['Entrypoint'], ['/usr/bin/kernward']);
      const image = buildah('mount', buildah('from', 'localhost/kernward:1'));
      const mounts = `
mkdir -p "$1/etc/kernward-key"
mount --bind "$1" "$1"; mount -t proc proc "$1/proc"; mount -t tmpfs dev "$1/dev"
for n in null zero random urandom; do : >"$1/dev/$n"; mount --bind "/dev/$n" "$1/dev/$n"; done
mount -t tmpfs -o mode=1777 tmp "$1/tmp"; mount -t tmpfs -o mode=700,uid=10001,gid=10001 volume "$1/var/lib/kernward"
mount -t tmpfs -o mode=755 config "$1/etc/kernward"; mount -t tmpfs -o mode=750,gid=10001 key "$1/etc/kernward-key"
cp ${join(root, 'work', 'db1.probe')} "$1/etc/kernward/"
echo 'hosts: [{ name: db1, transport: recorded, recording: /etc/kernward/db1.probe }]' >"$1/etc/kernward/inventory.yaml"
echo 'waivers: []' >"$1/etc/kernward/waivers.yaml"; : >"$1/etc/kernward/known_hosts"; : >"$1/etc/kernward-key/id_ed25519"
mount -o remount,bind,ro "$1"`;
      const as = [
        'setpriv',
        '--reuid=10001',
        '--regid=10001',
        '--clear-groups',
        '--no-new-privs',
        '--bounding-set=-all',
      ];
      const ran = inRoot(
        image,
        `export HOME=/var/lib/kernward; ! touch /usr/x 2>/dev/null; ssh -V 2>&1; ${cronJobCommand()}; kernward version; ls /var/lib/kernward`,
        { mounts, as },
      );
      assert.equal(ran.status, 0, ran.stdout + ran.stderr);
      assert.match(ran.stdout, /^OpenSSH_/u);
      assert.match(ran.stdout, /\nhistory\.db\nlatest\.html\nlatest\.json\n$/u);
    } finally {
      spawnSync('buildah', [...store, 'rm', '--all']);
      spawnSync('buildah', [...store, 'rmi', '--all', '--force']);
    }
  });
});
