import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DUMPS_SCRIPT } from '../../src/probe/dumps.js';
import { probeScript } from '../../src/probe/script.js';
import { NONCE, runProbe } from '../support/run-probe.js';
import { couldNotTest, findProgram, isRoot } from '../support/shells.js';

const PRIVATE = ['unshare', '-m', '--propagation', 'private'];
const canUnshare = isRoot && spawnSync('unshare', ['-m', '--propagation', 'private', 'true']).status === 0;
if (!canUnshare) couldNotTest('kdump configurations and dumps (no mount namespace: root with CAP_SYS_ADMIN is needed)');

interface Case {
  readonly name: string;
  /** Shell; `/etc` and `/var` are its own, without kdump and without crash. */
  readonly preparation: string;
  readonly asNobody?: boolean;
  readonly gives: Readonly<Record<string, string>>;
}

/** What no reading and no byte of the output may hold. */
const SECRETS = /hunter2|backup\.example|kdumpuser|id_rsa|db1/;

const KDUMP_CONF = `cat >/etc/kdump.conf <<'EOF'
# path /commented
 ssh kdumpuser@backup.example
sshkey /root/.ssh/id_rsa
path /srv/dumps	# not here
core_collector makedumpfile -F -l --message-level 7 -d 31 hunter2
final_action poweroff
failure_action shell
dracut_args --add-drivers hunter2
extra_bins /usr/bin/hunter2
EOF`;

const KDUMP_TOOLS = `cat >/etc/default/kdump-tools <<'EOF'
USE_KDUMP=1
KDUMP_COREDIR="/var/crash"
#SSH="kdumpuser@commented"
FTP="backup.example:/db1"
FTP_PASSWORD='hunter2'
export MAKEDUMP_ARGS="-c -d 31"
KDUMP_FAIL_CMD="reboot -f"
KDUMP_CMDLINE="password=hunter2"
EOF`;

const ENABLED =
  'mkdir -p /etc/systemd/system/multi-user.target.wants; ln -s /lib/systemd/system/kdump.service /etc/systemd/system/multi-user.target.wants/';
const DUMPS = `mkdir -p /var/crash/a /var/crash/b /var/crash/c /var/crash/d
echo x >/var/crash/a/vmcore; echo x >/var/crash/a/vmcore-dmesg.txt; echo x >/var/crash/b/vmcore-incomplete; : >/var/crash/c/dump.202601011200; echo x >/var/crash/d/vmcore.flat
ln -s /nowhere /var/crash/link; ln -s /nowhere /var/crash/a/vmcore.link; echo x >/var/crash/_usr_bin_db1.0.crash`;

const cases: readonly Case[] = [
  {
    name: 'nothing is set up',
    preparation: ':',
    gives: {
      'kdump.enabled': 'false',
      'kdump.target': 'absent',
      'kdump.final_action': 'absent',
      'dumps.incomplete': 'absent',
    },
  },
  {
    name: "Red Hat's kdump.conf",
    preparation: `${KDUMP_CONF}\n${ENABLED}`,
    gives: {
      'kdump.enabled': 'true',
      'kdump.target': '"ssh"',
      'kdump.path': '"/srv/dumps"',
      'kdump.core_collector': '"makedumpfile -F -l --message-level 7 -d 31 ?"',
      'kdump.final_action': '"poweroff"',
      'kdump.failure_action': '"shell"',
    },
  },
  {
    name: "Debian's kdump-tools",
    preparation: `${KDUMP_TOOLS}\n${ENABLED}`,
    gives: {
      'kdump.target': '"ftp"',
      'kdump.path': '"/var/crash"',
      'kdump.core_collector': '"-c -d 31"',
      'kdump.final_action': '"reboot"',
      'kdump.failure_action': '"reboot"',
      'kdump.enabled': 'true',
    },
  },
  {
    name: 'switched off in its file',
    preparation: `echo USE_KDUMP=0 >/etc/default/kdump-tools; ${ENABLED}`,
    gives: { 'kdump.enabled': 'false' },
  },
  {
    name: 'a masked service',
    preparation: `${ENABLED}; ln -s /dev/null /etc/systemd/system/kdump.service`,
    gives: { 'kdump.enabled': 'false' },
  },
  {
    name: 'two configurations',
    preparation: `${KDUMP_CONF}\n${KDUMP_TOOLS}`,
    gives: { 'kdump.final_action': 'undetermined' },
  },
  {
    name: 'a configuration that may not be read',
    preparation: `${KDUMP_CONF}\nchmod 600 /etc/kdump.conf`,
    asNobody: true,
    gives: { 'kdump.final_action': 'denied', 'kdump.enabled': 'false', 'dumps.complete': 'absent' },
  },
  {
    name: 'dumps of every kind',
    preparation: DUMPS,
    asNobody: true,
    gives: { 'dumps.complete': '1', 'dumps.incomplete': '2', 'dumps.flat': '1' },
  },
  {
    name: 'a dump that only root may look at',
    preparation: `${DUMPS}; chmod 700 /var/crash/b`,
    asNobody: true,
    gives: { 'dumps.complete': 'denied', 'dumps.incomplete': 'denied' },
  },
  {
    name: 'dumps that only root may look at',
    preparation: `${DUMPS}; chmod 700 /var/crash`,
    asNobody: true,
    gives: { 'dumps.incomplete': 'denied' },
  },
  {
    name: 'a file system of its own is not looked at',
    preparation: `${DUMPS}; mount -t tmpfs none /var/crash`,
    gives: { 'dumps.incomplete': 'undetermined' },
  },
  {
    name: 'nor one below',
    preparation: `${DUMPS}; mount -t tmpfs none /var/crash/a`,
    gives: { 'dumps.incomplete': 'undetermined' },
  },
  {
    name: 'nor a symbolic link',
    preparation: 'mkdir /var/elsewhere; ln -s elsewhere /var/crash',
    gives: { 'dumps.incomplete': 'undetermined' },
  },
  {
    name: 'nor what lies on a file system that is no local one',
    preparation: 'mount -t sysfs sysfs /var',
    gives: { 'dumps.incomplete': 'undetermined' },
  },
];

const AWKS = ['mawk', 'gawk', 'busybox', 'original-awk'].flatMap((name) => findProgram(name) ?? []);

function run(awk: string, { preparation, asNobody }: Case): ReturnType<typeof runProbe> {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-dumps-'));
  try {
    writeFileSync(join(folder, 'probe.sh'), probeScript(NONCE));
    const own = `chmod 755 ${folder}; mkdir -p ${folder}/etc/default ${folder}/etc/systemd/system ${folder}/etc/alternatives; cp -a /etc/os-release /etc/passwd /etc/group /etc/ld.so.cache ${folder}/etc/; cp -a /etc/alternatives/awk ${folder}/etc/alternatives/; mount --bind ${folder}/etc /etc; mount -t tmpfs -o mode=755 none /var; mount --bind ${awk} $(readlink -f $(command -v awk))`;
    const shell = asNobody === true ? 'setpriv --reuid=65534 --regid=65534 --clear-groups sh -s' : 'sh -s';
    return runProbe([...PRIVATE, 'sh', '-c', `set -e; ${own}\n${preparation}\nexec ${shell} <${folder}/probe.sh`], {
      input: '',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [first, ...others] = AWKS;
/** All cases with one awk; with the others those that it reads files for. */
const runs = [
  ...(first === undefined ? [] : cases.map((each) => ({ each, awk: first }))),
  ...others.flatMap((awk) => cases.filter(({ name }) => /^Red Hat|^Debian/.test(name)).map((each) => ({ each, awk }))),
];

for (const { each, awk } of runs)
  test(`${each.name} (${awk})`, { skip: !canUnshare && 'no mount namespace' }, () => {
    const { readings, stdout } = run(awk, each);
    for (const [id, value] of Object.entries(each.gives)) {
      const reading = readings.get(id);
      const outcome =
        reading?.state === 'known'
          ? JSON.stringify(reading.value)
          : reading?.state === 'unreadable'
            ? reading.cause
            : reading?.state;
      assert.equal(outcome, value, `${id}: ${JSON.stringify(reading)}`);
    }
    const section = /begin dumps\n([\s\S]*)/.exec(stdout.toString())?.[1] ?? '';
    assert.notEqual(section, '');
    assert.doesNotMatch(section, SECRETS);
  });

/** No file system is mounted for it: the script of the section reads a file in the place of /proc/mounts. */
test('NFS mounts are counted by their options, and no name of theirs is told', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-mounts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const mounts = join(folder, 'mounts');
  writeFileSync(
    mounts,
    [
      '/dev/vda1 / ext4 rw,relatime 0 0',
      'db1:/srv/hard /mnt/a\\040b nfs4 rw,relatime,vers=4.2,hard,proto=tcp,clientaddr=192.0.2.1 0 0',
      'db1:/export /mnt/nfs,soft, nfs rw,vers=3,rsize=1048576,hard,proto=tcp 0 0',
      'db1:/soft /mnt/c nfs4 rw,vers=4.2,soft,timeo=50 0 0',
      'db1:/softerr /mnt/d nfs4 rw,vers=4.2,softerr,timeo=50 0 0',
      'sunrpc /var/lib/nfs/rpc_pipefs rpc_pipefs rw 0 0',
      'nfsd /proc/fs/nfsd nfsd rw 0 0',
      '',
    ].join('\n'),
  );
  for (const awk of ['mawk', 'gawk', 'busybox'].filter((name) => findProgram(name) !== undefined)) {
    const script = DUMPS_SCRIPT.replaceAll('/proc/mounts', mounts)
      .replace('${kw_exec} awk', awk === 'busybox' ? 'busybox awk' : awk)
      .replace(/kw_(?:begin|end).*/g, '');
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    assert.match(stdout, /^nfs hard 2 soft 2$/m, awk);
    assert.doesNotMatch(stdout, /db1|192\.0\.2/, awk);
  }
});
