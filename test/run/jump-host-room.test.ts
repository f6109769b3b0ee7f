import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Connection } from 'ssh2';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { startSimulatedHost } from '../../src/demo/simulated-fleet.js';
import { createPackageLookups } from '../../src/kernel/fixes/package-lookups.js';
import { forEachAsked } from '../../src/run/ask-fleet.js';
import { DEFAULTS } from '../../src/run/defaults.js';
import { askAll } from '../../src/run/plan-scan.js';
import { scanHost } from '../../src/run/scan-host.js';
import type { AskPlan } from '../../src/run/scan-plan.js';
import { retryTerms } from '../../src/run/schedule/retry.js';
import { createTransports } from '../../src/transports/create-transports.js';
import { hostAt } from '../support/hosts.js';
import { scratch } from '../support/scratch.js';

const HOSTS = 60;
const FORKS = 20;
/** The jump host lets so many through over one connection; kernward makes four of them at most. */
const ROOM = 3;
const folder = scratch();
after(() => rmSync(folder, { recursive: true }));
const [hostKey, key] = [makeKeyPair(), makeKeyPair()];
writeFileSync(join(folder, 'key'), key.private, { mode: 0o600 });
writeFileSync(join(folder, 'known_hosts'), `* ${hostKey.public}\n`);

/** Forwards connections as sshd does, so many at once over a connection; the rest it refuses for want of room. */
function forward(connection: Connection, refused: () => void): void {
  const manager: { _count: number; add: (channel: unknown) => number } = Reflect.get(connection, '_chanMgr');
  const add = manager.add.bind(manager);
  // Without a number for the channel, the server answers SSH_OPEN_RESOURCE_SHORTAGE by itself (RFC 4254, section 5.1).
  manager.add = (channel) => {
    if (manager._count < ROOM) return add(channel);
    refused();
    return -1;
  };
  connection.on('tcpip', (accept, _reject, { destPort }) => {
    const channel = accept();
    const socket = connect(destPort, '127.0.0.1');
    for (const end of [channel, socket]) end.on('error', () => undefined);
    channel.pipe(socket).pipe(channel);
    channel.on('close', () => socket.destroy());
  });
}

test('after a jump host has refused for want of room, no more hosts are begun than it takes', async () => {
  let refusals = 0;
  const jump = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: () => 'silence',
    onConnection: (connection) => forward(connection, () => (refusals += 1)),
  });
  const host = await startSimulatedHost({
    hostKey: hostKey.private,
    authorizedKey: key.public,
    respond: () => ({ stdout: Buffer.from('no answer of a probe'), status: 0 }),
  });
  const hosts = Array.from({ length: HOSTS }, (_, index) =>
    hostAt(host.port, {
      name: `host-${index}`,
      user: 'audit',
      proxyJump: `audit@127.0.0.1:${jump.port}`,
    }),
  );
  const plan: AskPlan = {
    ...askAll(hosts),
    pacing: { forks: FORKS, groupForks: new Map(), serial: [], workers: 1, deadlineMs: undefined },
    terms: { ...DEFAULTS.terms, retry: retryTerms(0) },
    connect: {
      ...DEFAULTS.connect,
      identityFiles: [join(folder, 'key')],
      hostKeys: `file:${join(folder, 'known_hosts')}`,
      sshConfig: 'none',
    },
  };
  const { value: transports, diagnostics } = await createTransports(plan);
  assert.ok(transports, JSON.stringify(diagnostics));
  const failures: unknown[] = [];
  const tooMany: string[] = [];
  let underWay = 0;
  try {
    await forEachAsked(plan, { transports }, async (each, _index, context) => {
      underWay += 1;
      const jumpHost = transports.jumpHosts.of(each) ?? assert.fail();
      const room = transports.jumpHosts.mostBehind(jumpHost) ?? assert.fail();
      if (underWay > Math.max(room, refusals === 0 ? FORKS : 0)) tooMany.push(`${each.name}: ${underWay} of ${room}`);
      const outcome = await scanHost(each, {
        ...context,
        packages: createPackageLookups([], undefined),
        today: '2026-03-01',
        declared: [],
      });
      underWay -= 1;
      failures.push(outcome.reached ? 'reached' : outcome.failure);
      return outcome.reached;
    });
  } finally {
    await transports.close();
    await jump.close();
    await host.close();
  }
  // Each was passed through to its own server, which said nonsense.
  assert.deepEqual(
    failures.map((failure) => Object(failure).code ?? failure),
    Array.from({ length: HOSTS }, () => 'no-probe-output'),
    JSON.stringify(failures[0]),
  );
  assert.ok(refusals > 0, 'the jump host refused nobody');
  assert.deepEqual(tooMany, []);
});
