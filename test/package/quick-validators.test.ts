/** What the build compiles of schemas says yes and no where the checker does that is compiled from the schema itself. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { FILE_CHECKS, QUICK_CHECKS } from '../../src/text/built-validators.js';
import { readYaml } from '../../src/text/yaml/load.js';

type Check = (value: unknown) => boolean;

interface Precompute {
  readonly BUILT: readonly { readonly file: string; readonly name: string }[];
  readonly validatorCode: (schema: unknown, checks: object) => Promise<string>;
}
const { BUILT, validatorCode }: Precompute = await import(pathToFileURL(join('scripts', 'precompute.mjs')).href);

/** Inventories as people write them. */
const SEEDS: readonly unknown[] = [
  'inventory.example.yaml',
  ...readdirSync('examples').map((name) => join('examples', name)),
]
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readYaml(readFileSync(file, 'utf8'), file).value?.value)
  .filter((value) => value !== undefined);

const SCRAP = fc.oneof(
  fc.constantFrom(null, true, '', 'x', -1, 0, 1.5, 70_000, [], {}, ['x'], { x: 1 }, 'hosts', '__proto__'),
  fc.jsonValue({ maxDepth: 1 }),
);

/** The value with something else at one place, or a key more or less there. */
function changed(value: unknown, steps: readonly number[], scrap: unknown, how: number): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== 'object' || value === null || steps.length === 0) return scrap;
  if (Array.isArray(value)) {
    const at = step % (value.length + 1);
    return at === value.length ? [...value, scrap] : value.with(at, changed(value[at], rest, scrap, how));
  }
  const entries = Object.entries(value);
  const at = step % (entries.length + 1);
  const [key, member] = entries[at] ?? [
    typeof scrap === 'string' && scrap !== '__proto__' ? scrap : 'stray',
    undefined,
  ];
  if (how === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries([...entries.filter((_, index) => index !== at), [key, changed(member, rest, scrap, how)]]);
}

for (const { file, name } of BUILT) {
  const schemas: Readonly<Record<string, object>> = await import(`../../src/${file}`);
  const schema = schemas[name] ?? assert.fail(`there is no ${name}`);
  const built: { readonly default: Check } = await import(
    `data:text/javascript,${encodeURIComponent(
      (await validatorCode(schema, QUICK_CHECKS)).replaceAll(
        /require\("(?<path>[^"]+)"\)/g,
        (_, path: string) =>
          `globalThis.process.getBuiltinModule('node:module').createRequire(${JSON.stringify(join(process.cwd(), 'x.js'))})('${path}')`,
      ),
    )}`
  );
  const whole = new Ajv2020(FILE_CHECKS).compile(schema);

  test(`the built validator of ${name} and the checker agree`, () => {
    const answers = { yes: 0, no: 0 };
    const agree = (value: unknown): void => {
      const answer = built.default(value);
      assert.equal(answer, whole(value), JSON.stringify(value));
      answers[answer ? 'yes' : 'no']++;
    };
    for (const seed of SEEDS) agree(seed);
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(fc.tuple(fc.array(fc.nat(40), { maxLength: 6 }), SCRAP, fc.nat(3)), { minLength: 1, maxLength: 2 }),
        (seed, changes) =>
          agree(changes.reduce((value, [steps, scrap, how]) => changed(value, steps, scrap, how), seed)),
      ),
      { numRuns: 2000 },
    );
    assert.ok(answers.yes > 50 && answers.no > 200, JSON.stringify(answers));
  });
}
