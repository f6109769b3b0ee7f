import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeKeyPair } from '../../src/demo/make-key-pair.js';
import { startKernward } from '../support/kernward.js';
import { startTcp } from '../support/misbehaving.js';
import { scratch } from '../support/scratch.js';
import { until } from '../support/until.js';

const RECORDING = join(process.cwd(), 'policies', 'hosts', 'debian-12.probe');

test('scan writes while it waits for a host that says nothing, and an interrupt finds the reports whole', async (t) => {
  const folder = scratch();
  const mute = await startTcp(() => undefined);
  try {
    writeFileSync(join(folder, 'key'), makeKeyPair().private, { mode: 0o600 });
    writeFileSync(
      join(folder, 'inventory.yaml'),
      [
        'hosts:',
        `  - { name: recorded, transport: recorded, recording: ${RECORDING} }`,
        `  - { name: mute, address: 127.0.0.1, port: ${mute.port}, user: audit, identityFile: ${join(folder, 'key')} }`,
        '',
      ].join('\n'),
    );
    const { child, ended } = startKernward(
      folder,
      'scan -i inventory.yaml --connect-timeout 600 --host-timeout 900 -o jsonl:report.jsonl -o csv:report.csv -o html:report.html'.split(
        ' ',
      ),
    );
    t.after(() => child.kill('SIGKILL'));
    const halves = (): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));
    await until(
      () => halves().length === 2,
      () => `there are ${halves().join(', ')}`,
    );
    assert.deepEqual(
      halves()
        .map((name) => name.split('.').slice(1, 3).join('.'))
        .toSorted(),
      ['report.csv', 'report.jsonl'],
    );
    child.kill('SIGINT');
    const { status, stderr } = await ended;
    assert.equal(status, 130, stderr);
    assert.deepEqual(halves(), []);
    const lines = readFileSync(join(folder, 'report.jsonl'), 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => {
        const { kind, host, failure }: { kind: string; host?: string; failure?: { code: string } } = JSON.parse(line);
        return [kind, host, failure?.code];
      }),
      [
        ['header', undefined, undefined],
        ['host', 'recorded', undefined],
        ['host', 'mute', 'interrupted'],
        ['summary', undefined, undefined],
      ],
    );
    assert.match(readFileSync(join(folder, 'report.csv'), 'utf8'), /,mute,.*interrupted/u);
  } finally {
    await mute.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
