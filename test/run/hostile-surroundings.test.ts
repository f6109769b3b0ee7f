import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseAsWritten } from '../../src/report/parse-json.js';
import { isHere } from '../support/debian-tool.js';
import { scratch } from '../support/scratch.js';
import { makeKey } from '../support/sshd.js';
import { startTcp } from '../support/misbehaving.js';
import { startKernward } from '../support/kernward.js';

const MAIN = join(process.cwd(), 'dist', 'kernward.js');
const V1 = '/sys/fs/cgroup/memory';
const V2 = '/sys/fs/cgroup';

/** A group of processes that may have so much memory; undefined: none can be made here. */
function memoryGroup(bytes: number): { readonly procs: string; readonly remove: () => void } | undefined {
  const isV1 = existsSync(join(V1, 'memory.limit_in_bytes'));
  const at = join(isV1 ? V1 : V2, `kernward-test-${process.pid}`);
  try {
    mkdirSync(at);
    try {
      writeFileSync(join(at, isV1 ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes), { flag: 'r+' });
      return { procs: join(at, 'cgroup.procs'), remove: () => rmdirSync(at) };
    } catch {
      rmdirSync(at);
      return undefined;
    }
  } catch {
    return undefined;
  }
}

/** What a run stands in: a machine that has little memory, and a clock that is set while it runs. */
describe('a run in hostile surroundings', () => {
  const folder = scratch();
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(() => {
    copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'a.probe'));
    const hosts = Array.from({ length: 2000 }, (_, index) => `  - host${index}.example.com\n`).join('');
    writeFileSync(join(folder, 'many.yaml'), `defaults: { transport: recorded, recording: a.probe }\nhosts:\n${hosts}`);
  });

  const group = memoryGroup(256 * 1024 * 1024);
  after(() => group?.remove());
  test(
    '2,000 hosts are judged in 256 MiB',
    { skip: group === undefined && 'no memory cgroup can be made here' },
    () => {
      const args = [
        'scan',
        '-i',
        'many.yaml',
        '-q',
        '-o',
        'jsonl:many.jsonl',
        '-o',
        'csv:many.csv',
        '--history=many.db',
      ];
      const { status, stderr } = spawnSync(
        'sh',
        ['-c', `echo $$ >${group?.procs ?? ''} && exec "$@"`, 'sh', process.execPath, MAIN, ...args],
        { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder } },
      );
      assert.equal(status, 0, stderr);
      assert.match(stderr, /all 2000 hosts answered/u);
      assert.equal(readFileSync(join(folder, 'many.jsonl'), 'utf8').split('\n').length, 2003);
    },
  );

  const hasFaketime = isHere(existsSync('/usr/bin/faketime'), 'faketime', 'faketime');
  for (const [what, step] of [
    ['forwards', '+1d'],
    ['backwards', '-1d'],
  ] as const)
    test(
      `a clock that is set a day ${what} in a run ends nobody's time`,
      { skip: !hasFaketime && 'no faketime' },
      async () => {
        const name = `clock-${what}`;
        const offset = join(folder, `${name}.offset`);
        writeFileSync(offset, '+0\n');
        const seen = { times: 0 };
        const ends: (() => void)[] = [];
        const server = await startTcp((socket) => {
          seen.times += 1;
          ends.push(() => socket.destroy());
        });
        writeFileSync(
          join(folder, `${name}.yaml`),
          `hosts:\n  - { name: a, transport: recorded, recording: a.probe }\n  - { name: slow, address: 127.0.0.1, port: ${server.port}, identityFile: ${makeKey(join(folder, name)).file} }\n`,
        );
        const library = spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], {
          encoding: 'utf8',
        }).stdout.trim();
        assert.notEqual(library, '');
        const { child, ended } = startKernward(
          folder,
          [
            'scan',
            '-i',
            `${name}.yaml`,
            '-q',
            '--retries',
            '0',
            '--connect-timeout',
            '600',
            '--host-timeout',
            '900',
            '--deadline',
            '900',
            '-o',
            `json:${name}.json`,
          ],
          // The wall clock alone: a step leaves the monotonic one as it is.
          {
            LD_PRELOAD: library,
            FAKETIME_TIMESTAMP_FILE: offset,
            FAKETIME_NO_CACHE: '1',
            DONT_FAKE_MONOTONIC: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
          },
        );
        try {
          while (seen.times === 0 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
          writeFileSync(offset, `${step}\n`);
          // Whatever goes by the wall clock has its chance: timers and a few turns of the loop.
          await new Promise((resolve) => setTimeout(resolve, 1500));
          assert.equal(child.exitCode, null, 'the step of the clock ended the run');
          for (const end of ends) end();
          const { status, stderr } = await ended;
          assert.equal(status, 3, stderr);
          const { value: report } = parseAsWritten(readFileSync(join(folder, `${name}.json`), 'utf8'), 'report.json');
          assert.deepEqual(
            [...(report?.hosts ?? [])].map(({ host, failure }) => [host, failure?.code]),
            [
              ['a', undefined],
              ['slow', 'disconnected'],
            ],
          );
          assert.ok(
            (report?.summary.tookMs ?? -1) >= 0 && (report?.summary.tookMs ?? 0) < 900_000,
            'how long it took goes by no wall clock',
          );
          for (const { tookMs } of report?.hosts ?? []) assert.ok(tookMs >= 0 && tookMs < 900_000);
        } finally {
          child.kill('SIGKILL');
          await server.stop();
        }
      },
    );
});
