import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PACKAGE_ROOT } from '../../../src/run/shipped/package-root.js';

const V8 = Number.parseInt(process.versions.v8, 10);

const MODULE = pathToFileURL(join(PACKAGE_ROOT, 'dist', 'src', 'cli', 'terminal', 'engine-flags.js')).href;

/** Some fifty megabytes in use, all of it replaced again and again when it is old: what hosts that are asked side by side leave behind. */
const CHURN = `
import { setEngineFlags } from ${JSON.stringify(MODULE)};
setEngineFlags({ hosts: Number(process.argv[1]) });
const kept = [];
let most = 0;
for (let index = 0; index < 4_000_000; index += 1) {
  kept[index % 500_000] = { text: 'host' + index, index };
  if (index % 2_000 === 0) most = Math.max(most, process.memoryUsage().heapTotal);
}
console.log(Math.round(most / 1024 / 1024));
`;

function mostMiB(hosts: number): number {
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', CHURN, String(hosts)], {
    encoding: 'utf8',
  });
  return Number(said);
}

void test('a heap that was asked to stay small stays near what is in use', () => {
  const asked = mostMiB(10_000);
  const left = mostMiB(1);
  assert.ok(asked < left * 0.8, `${asked} MiB at most where it was asked to, and ${left} MiB where not`);
});

void test('this Node knows each flag that it is told', () => {
  const told = [{ hosts: 1 }, { hosts: 100 }, { hosts: 10_000 }, { characters: 10_000 }, { characters: 10_000_000 }];
  for (const each of told) {
    const code = `import { setEngineFlags } from ${JSON.stringify(MODULE)}; setEngineFlags(${JSON.stringify(each)});`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  }
});

/** A hundred functions that are called four thousand times each, as a few hundred hosts call them. */
const CALLED = `
import { setEngineFlags } from ${JSON.stringify(MODULE)};
for (const told of JSON.parse(process.argv[1])) setEngineFlags(told);
const all = Array.from({ length: 100 }, (_, at) => new Function('a', 'b', 'const c = a * ' + at + ' + b; return c > b ? c - a : c + a;'));
let sum = 0;
for (let call = 0; call < 4_000; call += 1) for (const one of all) sum += one(call, sum % 7);
`;

/** How many functions V8 found worth to be compiled once more. */
function compiled(...told: readonly { readonly hosts?: number; readonly characters?: number }[]): number {
  const said = execFileSync(
    process.execPath,
    ['--trace-opt', '--input-type=module', '-e', CALLED, JSON.stringify(told)],
    {
      encoding: 'utf8',
    },
  );
  return said.match(/^\[marking .* for optimization to /gmu)?.length ?? 0;
}

void test('what a few hundred hosts run is not compiled once more, where that takes more than it saves', () => {
  const left = compiled();
  assert.ok(left >= 50, `only ${left} are, where nobody asked: this shows nothing`);
  for (const told of [{ hosts: 300 }, { characters: 20_000 }]) {
    const asked = compiled(told);
    // Of Node 24 nothing is asked.
    if (V8 < 13) assert.ok(asked < left / 2, `${asked} functions, and ${left} else`);
    else assert.ok(Math.abs(asked - left) <= left / 4, `${asked} functions, and ${left} else`);
  }
});

void test('how many hosts there are holds, whatever the length of their inventory told before', () => {
  const [few, many] = [compiled({ hosts: 300 }), compiled({ hosts: 3000 })];
  if (V8 < 13)
    assert.ok(few < many / 2, `${few} functions where there are few hosts, and ${many} where there are many`);
  for (const [one, told] of [
    [few, [{ characters: 300_000 }, { hosts: 300 }]],
    [many, [{ characters: 5_000 }, { hosts: 3000 }]],
  ] as const) {
    const asked = compiled(...told);
    assert.ok(Math.abs(asked - one) <= many / 4, `${asked} functions by both, and ${one} by the hosts alone`);
  }
});

/** What V8 has by itself, by the name of the flag. */
function ownFlags(): ReadonlyMap<string, string> {
  const said = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  return new Map([...said.matchAll(/default: --([a-z-]+)=(\S+)/gu)].map(([, name = '', value = '']) => [name, value]));
}

/** By which V8 tells when to compile: set anew where an inventory named more hosts than its length told, or fewer. */
const TOLD_TWICE =
  V8 < 12
    ? ['interrupt-budget', 'ticks-before-optimization']
    : V8 < 13
      ? ['invocation-count-for-turbofan', 'invocation-count-for-early-optimization']
      : [];

void test('of the two values that a flag is told, one is what V8 has by itself', () => {
  const own = ownFlags();
  const source = readFileSync(new URL(MODULE), 'utf8');
  for (const name of TOLD_TWICE) {
    const flags = [...source.matchAll(new RegExp(`--${name}=(\\d+)`, 'gu'))].map(([, value]) => value);
    assert.equal(flags.length, 2, name);
    assert.ok(
      flags.includes(own.get(name)),
      `${name} is ${own.get(name)} by itself, and set to ${flags.join(' and ')}`,
    );
  }
});
