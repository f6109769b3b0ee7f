import assert from 'node:assert/strict';
import {
  copyFileSync,
  ftruncateSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertComputed } from '../../support/computed-within.js';
import { cpuMsOf } from '../../support/cpu-time.js';
import { shownAnsible } from '../../../src/inventory/ansible/shown.js';
import { kernwardWarm } from '../../support/warm/commands.js';
import { scratch } from '../../support/scratch.js';

const DEEP = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
const GIGABYTE = 1024 ** 3;

/** Files that somebody made to cost time, memory or a wrong answer. Each is refused by its name, and where there is one, its line. */
describe('files of an enemy', () => {
  const folder = scratch();
  after(() => rmSync(folder, { recursive: true, force: true }));
  let report = '';
  let lines = '';
  let collected = '';

  before(async () => {
    copyFileSync(join(process.cwd(), 'policies', 'hosts', 'debian-12.probe'), join(folder, 'a.probe'));
    writeFileSync(join(folder, 'inventory.yaml'), 'hosts: [{ name: a, transport: recorded, recording: a.probe }]\n');
    await kernwardWarm(folder, 'scan', '-i', 'inventory.yaml', '-q', '-o', 'json:r.json', '-o', 'jsonl:r.jsonl');
    [report, lines] = [readFileSync(join(folder, 'r.json'), 'utf8'), readFileSync(join(folder, 'r.jsonl'), 'utf8')];
    ({ stdout: collected } = await kernwardWarm(folder, 'collect', '-i', 'inventory.yaml'));
  });

  /** A file with so much behind its head that is nothing. */
  const sparse = (name: string, head = ''): void => {
    const file = openSync(join(folder, name), 'w');
    writeSync(file, head);
    ftruncateSync(file, GIGABYTE);
    closeSync(file);
  };
  const refused = async (text: string | (() => void), name: string, args: readonly string[], sign: RegExp) => {
    if (typeof text === 'string') writeFileSync(join(folder, name), text);
    else text();
    const { status, stderr } = await kernwardWarm(folder, ...args, name);
    assert.equal(status, 2, `${args.join(' ')} ${name}: ${stderr.slice(0, 2000)}`);
    assert.match(stderr, sign);
    assert.ok(stderr.length < 20_000, `${stderr.length} characters of diagnostics`);
  };

  test('saved reports: keys that stand twice, in every part', async () => {
    const cases: readonly (readonly [string, string])[] = [
      [report.replace('"result":', '"result":"pass","result":'), 'twice-result.json'],
      [report.replace('"summary":', '"summary":{},"summary":'), 'twice-summary.json'],
      [report.replace('"hosts":', '"hosts":[],"hosts":'), 'twice-hosts.json'],
      [lines.replace('"result":', '"result":"pass","result":'), 'twice.jsonl'],
      [lines.replace('"kind":"host"', String.raw`"kind":"host","ki\u006ed":"host"`), 'twice-escaped.jsonl'],
    ];
    for (const [text, name] of cases)
      await refused(text, name, ['report'], new RegExp(`${name}:\\d+:1: error: .*stands twice in one object`, 'u'));
  });

  test('saved reports: numbers, nesting, a gigabyte', async () => {
    await refused(
      report.replace('"tookMs":', '"tookMs":1e999,"x":'),
      'number.json',
      ['report'],
      /report\/wrong-shape/u,
    );
    const long = report.replace('"port":', `"port":${'9'.repeat(5_000_000)},"x":`);
    await refused(long, 'digits.json', ['report'], /report\/wrong-shape/u);
    await refused('['.repeat(2_000_000), 'nested.json', ['report'], /report\/not-json/u);
    const deep = lines.replace('"readings":{', `"readings":{"x":${DEEP},`);
    await refused(deep, 'nested.jsonl', ['report'], /nested\.jsonl:2:1: .*report\/wrong-shape/u);
    await refused(() => sparse('sparse.json'), 'sparse.json', ['report'], /the limit is 524288000/u);
  });

  test('more values, hosts and lines than anybody has are not read one by one', async () => {
    const values = `[${'0,'.repeat(41_000_000)}0]`;
    await refused(values, 'values.json', ['report'], /values\.json:1:1: .*more than 40000000 values/u);
    const hosts = `{"header":{},"hosts":[${'{},'.repeat(1_100_000)}{}],"summary":{}}`;
    await refused(hosts, 'hosts.json', ['report'], /hosts\.json:1:1: .*more than 1000000 hosts/u);
    await refused(`${lines}${'\n'.repeat(1_100_000)}`, 'lines.jsonl', ['report'], /more than 1000000 hosts/u);
    await refused(collected + '\n'.repeat(2_100_000), 'lines-collected.jsonl', ['eval'], /more than 2000000 lines/u);
    const wrong = `{"header":{},"hosts":[${'{},'.repeat(900_000)}{}],"summary":{}}`;
    await refused(wrong, 'wrong.json', ['report'], /wrong\.json:1:1: .*more mistakes/u);
  });

  test('collected files: keys, numbers, nesting, a line of a gigabyte', async () => {
    const twice = collected.replace('"host":', '"host":"b","host":').replace('"name":', '"name":"b","name":');
    await refused(twice, 'twice.jsonl', ['eval'], /twice\.jsonl:1:1: .*stands twice in one object/u);
    await refused(
      collected.replace('"readings":{', `"readings":{"x":${DEEP},`),
      'deep.jsonl',
      ['eval'],
      /deep\.jsonl:2:1:/u,
    );
    await refused(() => sparse('sparse.jsonl'), 'sparse.jsonl', ['eval'], /line 1 has more than 64 MiB/u);
    const [header = ''] = collected.split('\n');
    await refused(
      () => sparse('behind.jsonl', `${header}\n`),
      'behind.jsonl',
      ['eval'],
      /line 2 has more than 64 MiB/u,
    );
  });

  const YAML: Readonly<Record<string, readonly [string, RegExp]>> = {
    'twice.yaml': ['a: 1\na: 2\n', /twice\.yaml:2:1: .*yaml\/duplicate-key/u],
    'nested.yaml': ['['.repeat(1_000_000), /nested\.yaml:1:\d+: .*yaml\/too-deep/u],
    'mapping.yaml': [`a: ${'{a: '.repeat(100_000)}`, /yaml\/too-deep/u],
    'digits.yaml': [`a: ${'9'.repeat(5_000_000)}\n`, /digits\.yaml:1:\d+: error/u],
    'endless.yaml': ['', /the limit is 67108864/u],
  };
  const READERS: Readonly<Record<string, readonly string[]>> = {
    'inventory check': ['inventory', 'check', '-i'],
    'scan --waivers': ['scan', '-i', 'inventory.yaml', '-q', '--waivers'],
    'scan -p': ['scan', '-i', 'inventory.yaml', '-q', '-p'],
  };
  for (const [reader, args] of Object.entries(READERS))
    test(`${reader}: keys, numbers, nesting, a gigabyte`, async () => {
      for (const [name, [text, sign]] of Object.entries(YAML))
        await refused(name === 'endless.yaml' ? () => sparse(name) : text, name, args, sign);
    });

  test('an inventory of one line of sixty million letters is no bug of ours', async () => {
    const text = 'a'.repeat(60_000_000);
    let shown = '';
    assertComputed(
      cpuMsOf(() => (shown = shownAnsible(text))),
      20_000,
    );
    assert.equal(shown.length, text.length);
    assert.doesNotMatch(shownAnsible(`x ${'ab'.repeat(40)}z`), /abab/u);
    await refused(
      '[all]\na[1:999999999]\n',
      'range.ini',
      ['inventory', 'check', '-i'],
      /range\.ini:2:1: .*too-many-hosts/u,
    );
  });
});
