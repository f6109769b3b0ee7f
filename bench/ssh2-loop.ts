// A bare ssh2 loop, as most people write it: the key as a buffer, every host key taken, ssh2's own defaults for the rest.
// What kernward's scan is measured against. Usage:
//   node dist/bench/ssh2-loop.js --key FILE --user NAME --ports 2201,2202 --sessions 1000 --concurrency 64 [--script FILE] [--host 127.0.0.1] [--decline-proofs]
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import ssh2 from 'ssh2';
import { declineGlobalRequests } from '../src/transports/ssh2/internals.js';

export interface LoopOptions {
  readonly host: string;
  readonly ports: readonly number[];
  readonly username: string;
  readonly privateKey: Buffer;
  readonly sessions: number;
  readonly concurrency: number;
  readonly script: string;
  /** As kernward does: the host need not prove the keys that it announces after the login. */
  readonly declinesProofs?: boolean;
}

export interface LoopResult {
  readonly sessions: number;
  readonly failed: number;
  /** User and system time of this process, in ms, over all sessions. */
  readonly cpuMs: number;
  readonly cpuMsPerSession: number;
  readonly wallMs: number;
  /** Of stdout, all sessions together. */
  readonly bytes: number;
  readonly peakRssBytes: number;
}

function oneSession(
  { host, username, privateKey, script, declinesProofs }: LoopOptions,
  port: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let bytes = 0;
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed')));
    client.on('ready', () =>
      client.exec('exec sh -s', (error, channel) => {
        if (error) {
          reject(error);
          return;
        }
        channel.on('data', (chunk: Buffer) => (bytes += chunk.length));
        channel.stderr.resume();
        channel.on('close', () => {
          resolve(bytes);
          client.end();
        });
        channel.end(script);
      }),
    );
    client.connect({ host, port, username, privateKey, hostVerifier: () => true });
    if (declinesProofs === true) declineGlobalRequests(client);
  });
}

export async function ssh2Loop(options: LoopOptions): Promise<LoopResult> {
  const { ports, sessions, concurrency } = options;
  let next = 0;
  let failed = 0;
  let bytes = 0;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (next < sessions) {
      const port = ports[next++ % ports.length] ?? 22;
      try {
        const received = await oneSession(options, port); // not `bytes += await`: that adds to an old sum
        bytes += received;
      } catch {
        failed++; // counted and printed: a loop that fails is no measure
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, sessions) }, worker));
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1000;
  return {
    sessions,
    failed,
    cpuMs,
    cpuMsPerSession: cpuMs / sessions,
    wallMs: performance.now() - started,
    bytes,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      key: { type: 'string' },
      user: { type: 'string', default: userInfo().username },
      host: { type: 'string', default: '127.0.0.1' },
      ports: { type: 'string', default: '22' },
      sessions: { type: 'string', default: '1000' },
      concurrency: { type: 'string', default: '64' },
      script: { type: 'string' },
      'decline-proofs': { type: 'boolean', default: false },
    },
  });
  if (values.key === undefined) throw new Error('--key FILE is needed');
  const result = await ssh2Loop({
    host: values.host,
    ports: values.ports.split(',').map(Number),
    username: values.user,
    privateKey: readFileSync(values.key),
    sessions: Number(values.sessions),
    declinesProofs: values['decline-proofs'],
    concurrency: Number(values.concurrency),
    script: values.script === undefined ? 'echo ok\n' : readFileSync(values.script, 'utf8'),
  });
  console.log(JSON.stringify(result));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
