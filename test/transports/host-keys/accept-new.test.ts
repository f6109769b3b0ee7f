import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collectedHosts } from '../../support/collected-hosts.js';
import { kernwardWarm } from '../../support/warm/commands.js';
import { scratch } from '../../support/scratch.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../../support/sshd.js';

async function ask(home: string, transport: string, ...more: readonly string[]): Promise<string> {
  const text = readFileSync(join(home, 'inventory.yaml'), 'utf8').replace('{ user', `{ transport: ${transport}, user`);
  writeFileSync(join(home, `${transport}.yaml`), text);
  const { stdout, stderr } = await kernwardWarm(
    home,
    'collect',
    '-i',
    `${transport}.yaml`,
    '--host-keys',
    'accept-new',
    '-q',
    '--retries',
    '0',
    ...more,
  );
  const [host = assert.fail(stderr)] = collectedHosts<{ readonly failure?: { readonly code: string } }>(stdout);
  return host.failure?.code ?? 'accepted';
}

/** What accept-new takes for new, over both transports, beside what OpenSSH's own accept-new does with the same file. */
describe('accept-new', needsSshd(), () => {
  const folder = scratch();
  const key = makeKey(join(folder, 'key'));
  const other = makeKey(join(folder, 'other')).publicKey.split(' ').slice(0, 2).join(' ');
  let sshd: Sshd;
  let homes = 0;

  before(async () => {
    sshd = await startSshd({ authorizedKeys: [key.publicKey], hostKeyTypes: ['ed25519'] });
  });
  after(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Case {
    readonly lines: (own: string, port: number) => string;
    /** `accepted`, or the code of the refusal. */
    readonly becomes: string;
    readonly ssh: 'takes it' | 'refuses';
  }
  const CASES: Readonly<Record<string, Case>> = {
    'nothing is written down': { lines: () => '', becomes: 'accepted', ssh: 'takes it' },
    'its key is written down': {
      lines: (own, port) => `[127.0.0.1]:${port} ${own}\n`,
      becomes: 'accepted',
      ssh: 'takes it',
    },
    'another key is written down': {
      lines: (_, port) => `[127.0.0.1]:${port} ${other}\n`,
      becomes: 'host-key-changed',
      ssh: 'refuses',
    },
    'its key, for the bare name': { lines: (own) => `127.0.0.1 ${own}\n`, becomes: 'accepted', ssh: 'takes it' },
    // Stricter than ssh, which takes the key of another port for no word about this one.
    'another key, for the bare name': {
      lines: () => `127.0.0.1 ${other}\n`,
      becomes: 'host-key-changed',
      ssh: 'takes it',
    },
    // Stricter than ssh, to which an authority speaks of certificates alone.
    'a certificate authority, and the key is plain': {
      lines: () => `@cert-authority * ${other}\n`,
      becomes: 'host-key-unknown',
      ssh: 'takes it',
    },
    'its key is revoked': { lines: (own) => `@revoked * ${own}\n`, becomes: 'host-key-revoked', ssh: 'refuses' },
  };

  const homeWith = (lines: string, isDevice = false): { readonly home: string; readonly file: string } => {
    const home = join(folder, `home${homes++}`);
    mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    const file = join(home, '.ssh', 'known_hosts');
    if (isDevice) symlinkSync('/dev/null', file);
    else if (lines !== '') writeFileSync(file, lines);
    writeFileSync(
      join(home, 'inventory.yaml'),
      `defaults: { user: ${sshd.user}, identityFile: ${key.file} }\nhosts: [{ name: a, address: 127.0.0.1, port: ${sshd.port} }]\n`,
    );
    return { home, file };
  };
  for (const [what, { lines, becomes, ssh }] of Object.entries(CASES))
    test(what, async () => {
      const text = lines(sshd.hostKeys['ed25519'] ?? '', sshd.port);
      for (const transport of ['ssh2', 'openssh'])
        assert.equal(await ask(homeWith(text).home, transport), becomes, transport);
      const { file } = homeWith(text);
      const options = `-F none -o BatchMode=yes -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=accept-new -o IdentitiesOnly=yes -o UserKnownHostsFile=${file} -i ${key.file} -p ${sshd.port}`;
      const { status } = spawnSync('ssh', [...options.split(' '), `${sshd.user}@127.0.0.1`, 'true']);
      assert.equal(status === 0 ? 'takes it' : 'refuses', ssh);
      assert.ok(ssh === 'takes it' || becomes !== 'accepted', 'never laxer than ssh');
    });

  test('a file that keeps nothing makes nobody new', async () => {
    for (const transport of ['ssh2', 'openssh']) {
      const { home, file } = homeWith('', true);
      assert.equal(await ask(home, transport), 'host-key-unknown', transport);
      assert.equal(readFileSync(file, 'utf8'), '');
    }
  });

  /** As ssh_config may say them: each would stand in known_hosts as it is, for every host, as an authority, or for a shell. */
  const NAMES = ['$({touch,it-ran})', '"a b"', '*', 'db?', '"@cert-authority *"', '"#x"', 'a,*'];
  for (const name of NAMES)
    test(`what is no name of a host is never written down: ${name}`, async () => {
      for (const transport of ['ssh2', 'openssh']) {
        const { home, file } = homeWith('');
        writeFileSync(join(home, 'config'), `Host *\n  HostKeyAlias ${name}\n`);
        assert.equal(await ask(home, transport, '-F', 'config'), 'host-key-unknown', transport);
        assert.ok(!existsSync(file) || readFileSync(file, 'utf8') === '', transport);
      }
    });

  test('what was accepted is written down, and known', async () => {
    for (const transport of ['ssh2', 'openssh']) {
      const { home, file } = homeWith('');
      assert.equal(await ask(home, transport), 'accepted');
      assert.ok(existsSync(file));
      assert.match(readFileSync(file, 'utf8'), /^\[127\.0\.0\.1\]:\d+ ssh-ed25519 /u);
    }
  });
});
