import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collectedHosts } from '../support/collected-hosts.js';
import { startKernward } from '../support/kernward.js';
import { recordedAnswer } from '../support/recorded-answer.js';
import { scratch } from '../support/scratch.js';
import { makeKey, needsSshd, startSshd, type Sshd } from '../support/sshd.js';
import { secondsWithin } from '../support/within.js';

/** Of the loopback network, all of which is this machine; a sshd listens at 16 at most. */
const ADDRESSES = Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 2}`);

interface Collected {
  readonly name: string;
  readonly failure?: { readonly code: string; readonly detail: string };
}

function failures(hosts: readonly Collected[]): readonly string[] {
  return hosts.flatMap(({ name, failure }) =>
    failure === undefined ? [] : [`${name}: ${failure.code}: ${failure.detail}`],
  );
}

/** Whoever meets many hosts for the first time at once waits for none of them because of another. */
describe('accept-new, and twenty new hosts at once', { ...needsSshd(), concurrency: 1 }, () => {
  const folder = scratch();
  const key = makeKey(join(folder, 'key'));
  const start = () =>
    startSshd({
      authorizedKeys: [key.publicKey],
      hostKeyTypes: ['ed25519', 'rsa'],
      config: [`ForceCommand ${recordedAnswer(folder)}`, ...ADDRESSES.map((address) => `ListenAddress ${address}`)],
    });
  const servers: Sshd[] = [];
  before(async () => {
    servers.push(await start(), await start());
  });
  after(async () => {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const transport of ['ssh2', 'openssh'])
    test(`${transport}: all answer, and each key is written down once and whole`, async () => {
      const home = join(folder, transport);
      mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
      const file = join(home, '.ssh', 'known_hosts');
      // Without an end of line, as an editor leaves it: whoever comes first has to mend it, and nobody else.
      const before = `elsewhere ${key.publicKey}`;
      const hosts = servers.flatMap(({ port, hostKeys }) =>
        ADDRESSES.map((address) => ({ address, port, key: hostKeys['ed25519'] ?? '' })),
      );
      writeFileSync(file, before);
      writeFileSync(
        join(home, 'inventory.yaml'),
        `defaults: { user: ${servers[0]?.user ?? ''}, transport: ${transport}, identityFile: ${key.file} }\nhosts:\n${hosts.map(({ address, port }) => `  - { name: ${address}-${port}, address: ${address}, port: ${port} }\n`).join('')}`,
      );
      const collect = async (...more: readonly string[]): Promise<readonly Collected[]> => {
        const { ended } = startKernward(
          home,
          `collect -i inventory.yaml -q --forks 20 --retries 0 --connect-timeout ${secondsWithin(60)} --auth-timeout ${secondsWithin(60)} --probe-timeout ${secondsWithin(60)} --host-timeout ${secondsWithin(240)}`
            .split(' ')
            .concat(more),
        );
        return collectedHosts<Collected>((await ended).stdout);
      };
      const met = await collect('--host-keys', 'accept-new');
      assert.deepEqual([met.length, failures(met)], [20, []]);
      const [first, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
      assert.equal(first, before);
      assert.deepEqual(
        lines.filter((line) => line !== '').toSorted(),
        hosts.map((host) => `[${host.address}]:${host.port} ${host.key}`).toSorted(),
      );
      // What was written down is what a strict run takes, with nobody new.
      const again = await collect('--host-keys', 'strict');
      assert.deepEqual([again.length, failures(again)], [20, []]);
      const twice = await collect('--host-keys', 'accept-new');
      assert.deepEqual([twice.length, failures(twice)], [20, []]);
      assert.equal(
        readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '').length,
        21,
      );
    });
});
