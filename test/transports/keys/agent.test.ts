import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAgent, type Agent } from '../../../src/transports/keys/agent.js';
import { parseKey } from '../../../src/transports/keys/parse-key.js';
import { scratch } from '../../support/scratch.js';
import { makeKey } from '../../support/sshd.js';
import { within } from '../../support/within.js';

const directory = scratch();
const real = join(directory, 'agent');
const DATA = Buffer.from('data');
let agentProcess: ChildProcess;
let publicKey = '';

before(async () => {
  const key = makeKey(join(directory, 'key'));
  publicKey = key.publicKey;
  agentProcess = spawn('ssh-agent', ['-D', '-a', real], { stdio: 'ignore' });
  for (let tries = 0; !existsSync(real); tries++) {
    assert.ok(tries < 500, 'ssh-agent does not start');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(spawnSync('ssh-add', ['-q', key.file], { env: { ...process.env, SSH_AUTH_SOCK: real } }).status, 0);
});
after(() => {
  agentProcess.kill();
  rmSync(directory, { recursive: true });
});

interface Counted {
  readonly agent: Agent;
  readonly connections: () => number;
  /** Cuts every connection that is open. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

let sockets = 0;
/** Stands before the real agent and counts who connects. */
async function counted(
  serve: (client: Socket, number: number) => void = (client) => client.pipe(connect(real)).pipe(client),
  timeoutMs = within(60_000),
): Promise<Counted> {
  const path = join(directory, `before-${sockets++}`);
  const clients: Socket[] = [];
  const server = createServer((client) => {
    client.on('error', () => undefined);
    serve(client, clients.push(client));
  });
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  return {
    agent: createAgent(path, { timeoutMs }),
    connections: () => clients.length,
    cut: () => clients.forEach((client) => client.destroy()),
    close: () =>
      new Promise((resolve) => {
        for (const client of clients) client.destroy();
        server.close(() => resolve());
      }),
  };
}

async function signsWith(agent: Agent): Promise<void> {
  const verifier = parseKey(publicKey);
  assert.ok(!(verifier instanceof Error));
  assert.ok(verifier.verify(DATA, await agent.sign(verifier.getPublicSSH(), DATA, undefined)));
}

test('one list and many signatures, also at once, are one connection', async () => {
  const { agent, connections, close } = await counted();
  await Promise.all([agent.keys(), agent.keys()]);
  await Promise.all(Array.from({ length: 50 }, () => signsWith(agent)));
  await signsWith(agent);
  assert.equal((await agent.keys()).length, 1);
  assert.equal(connections(), 1);
  await close();
});

test('a connection that has died is made anew, once', async () => {
  const { agent, connections, cut, close } = await counted();
  await agent.keys();
  cut();
  await signsWith(agent);
  await new Promise((resolve) => setTimeout(resolve, 50));
  cut();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([signsWith(agent), signsWith(agent)]);
  assert.equal(connections(), 3);
  await close();
});

test('an agent that hangs up at every request is told after the second try', async () => {
  const refusing = await counted((client, number) =>
    number === 1 ? client.pipe(connect(real)).pipe(client) : client.on('data', () => client.destroy()),
  );
  await refusing.agent.keys();
  refusing.cut();
  await assert.rejects(signsWith(refusing.agent), /closed the connection|EPIPE|ECONNRESET/u);
  assert.equal(refusing.connections(), 2);
  await refusing.close();
});

test('an agent that is silent is told in time, and does not spoil the next request', async () => {
  const silent = await counted(
    (client, number) => (number === 2 ? client.pipe(connect(real)).pipe(client) : client.resume()),
    200,
  );
  await assert.rejects(signsWith(silent.agent), /did not answer within 200 ms/u);
  await signsWith(silent.agent);
  await silent.close();
});

test('an agent that answers too much, or what was not asked, is refused', async () => {
  for (const [answer, says] of [
    [Buffer.from([0x7f, 0, 0, 0]), /too large/u],
    [Buffer.from([0, 0, 0, 1, 5, 0]), /was not asked/u],
    [Buffer.from([0, 0, 0, 1, 5]), /declined/u],
  ] as const) {
    const hostile = await counted((client) => client.on('data', () => client.write(answer)));
    await assert.rejects(signsWith(hostile.agent), says);
    await hostile.close();
  }
});

test('no agent at all', async () => {
  await assert.rejects(createAgent(join(directory, 'nowhere')).keys(), /ENOENT/u);
});

test('an idle connection does not keep the process', () => {
  const program = `import { createAgent } from ${JSON.stringify(new URL('../../../src/transports/keys/agent.js', import.meta.url).href)};
    console.log((await createAgent(${JSON.stringify(real)}).keys()).length);`;
  const { stdout, status, error } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: within(20_000),
  });
  assert.deepEqual([error, status, stdout], [undefined, 0, '1\n']);
});

/** Answers to the question for keys: the length, 12, the number of keys, and what there is of them. */
const CUT: Readonly<Record<string, readonly number[]>> = {
  'a number of keys, and none of them': [0, 0, 0, 5, 12, 0xff, 0xff, 0xff, 0xff],
  'half a number': [0, 0, 0, 3, 12, 0, 0],
  'a key that is longer than the answer': [0, 0, 0, 9, 12, 0, 0, 0, 1, 0, 0, 1, 0],
};
for (const [what, bytes] of Object.entries(CUT))
  test(`an answer that is cut is said to be cut: ${what}`, async () => {
    const { agent, close } = await counted((client) => client.once('data', () => client.write(Buffer.from(bytes))));
    try {
      await assert.rejects(agent.keys(), /^Error: the agent's answer is cut$/u);
    } finally {
      await close();
    }
  });
