import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeKey } from '../support/sshd.js';
import { scratch } from '../support/scratch.js';
import { kernwardWarm } from '../support/warm/commands.js';

const folder = scratch();
after(() => rmSync(folder, { recursive: true, force: true }));
const MARK = join(folder, 'it-ran');
makeKey(join(folder, 'key'));

function put(name: string, text: string, mode = 0o644): string {
  writeFileSync(join(folder, name), text, { mode });
  return name;
}
const program = put(
  'program',
  `#!/bin/sh\ntouch ${MARK}\necho '{"_meta":{"hostvars":{}},"all":{"hosts":["a"]}}'\n`,
  0o755,
);
mkdirSync(join(folder, 'inventories'));
put('inventories/dynamic', `#!/bin/sh\ntouch ${MARK}\necho '{}'\n`, 0o755);
const key = `identityFile: ${join(folder, 'key')}`;
put('plain.yaml', `defaults: { ${key} }\nhosts: [{ name: a, address: 127.0.0.1, port: 9 }]\n`);
put(
  'proxied.yaml',
  `defaults: { ${key} }\nhosts: [{ name: a, address: 127.0.0.1, port: 9, proxyCommand: ${folder}/program }]\n`,
);
put('behind.yaml', `defaults: { ${key} }\nhosts: [{ name: a, address: 127.0.0.1, port: 9, proxyJump: gate }]\n`);
put(
  'args.ini',
  `a ansible_host=127.0.0.1 ansible_port=9 ansible_ssh_private_key_file=${folder}/key ansible_ssh_common_args='-o ProxyCommand=${folder}/program'\n`,
);
put('exec', `Match exec ${folder}/program\n  Port 9\n`);
put('included', `Include ${folder}/exec\n`);
put('proxy', `Host *\n  ProxyCommand ${folder}/program\n`);
put('gate', `Host gate\n  HostName 127.0.0.1\n  ProxyCommand ${folder}/program\n  IdentityFile ${folder}/key\n`);
put('library', `Host *\n  PKCS11Provider ${folder}/program\n`);

const CODE: Readonly<Record<string, readonly string[]>> = {
  'an executable inventory': ['scan', '-i', program],
  'an executable inventory, checked': ['inventory', 'check', '-i', program],
  'an executable inventory, listed': ['scan', '-i', program, '--list-hosts'],
  'an executable inventory in a folder': ['inventory', 'list', '-i', 'inventories'],
  'a proxyCommand of the inventory': ['scan', '-i', 'proxied.yaml'],
  'ssh arguments of an Ansible inventory': ['scan', '-i', 'args.ini'],
  'a ProxyCommand of ssh_config': ['collect', '-i', 'plain.yaml', '-F', 'proxy'],
  'a ProxyCommand of a jump host': ['scan', '-i', 'behind.yaml', '-F', 'gate'],
  'a Match exec': ['scan', '-i', 'plain.yaml', '-F', 'exec'],
  'an included Match exec': ['doctor', '-i', 'plain.yaml', '-F', 'included'],
  'a library for ssh': ['scan', '-i', 'plain.yaml', '-F', 'library'],
};

for (const [what, args] of Object.entries(CODE))
  test(`--no-exec refuses ${what}`, async () => {
    rmSync(MARK, { force: true });
    const { status, stdout, stderr } = await kernwardWarm(folder, ...args, '--no-exec');
    assert.match(stdout + stderr, /exec\/refused|would run a Match exec/u);
    if (args[0] !== 'doctor') assert.equal(status, 2, stderr);
    assert.equal(existsSync(MARK), false);
    if (!what.includes('library')) {
      await kernwardWarm(folder, ...args, '--connect-timeout', '2', '--retries', '0').catch(() => undefined);
      if (args[0] !== 'inventory') assert.equal(existsSync(MARK), true, 'without it the program is run');
    }
  });

test('no inventory chooses the file that a new key is written to, nor what is written there', async () => {
  const victim = put('victim.sh', 'true\n');
  const native = put(
    'victim.yaml',
    `defaults: { ${key} }\nhosts: [{ name: a, address: 127.0.0.1, port: 9, transport: openssh, sshOptions: ["UserKnownHostsFile=${folder}/victim.sh", "HostKeyAlias=$({touch,${MARK}})"] }]\n`,
  );
  const { status, stderr } = await kernwardWarm(
    folder,
    'scan',
    '-i',
    native,
    '--no-exec',
    '--host-keys',
    'accept-new',
    '-q',
  );
  assert.equal(status, 2);
  assert.equal(stderr.match(/inventory\/ssh-option/gu)?.length, 2, stderr);
  const ini = put(
    'victim.ini',
    `a ansible_host=127.0.0.1 ansible_port=9 ansible_ssh_private_key_file=${folder}/key ansible_ssh_common_args='-o UserKnownHostsFile=${folder}/victim.sh'\n`,
  );
  const loaded = await kernwardWarm(folder, 'scan', '-i', ini, '--no-exec', '--retries', '0', '-q');
  assert.equal(loaded.status, 3, loaded.stderr);
  assert.match(loaded.stderr, /UserKnownHostsFile is not used/u);
  assert.equal(readFileSync(join(folder, victim), 'utf8'), 'true\n');
});

test('--no-exec lets everything else through', async () => {
  const { status, stderr } = await kernwardWarm(
    folder,
    'scan',
    '-i',
    'plain.yaml',
    '--no-exec',
    '--retries',
    '0',
    '-q',
  );
  assert.equal(status, 3, stderr);
});
