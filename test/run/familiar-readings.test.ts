/** A line whose readings were met before is not parsed again; what is said of it must be what is said of it when it is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Reading } from '../../src/model/reading.js';
import { readRecording } from '../../src/probe/recording.js';
import { createFamiliarReadings } from '../../src/run/collected/familiar-readings.js';
import { readCollected } from '../../src/run/collected/read-collected.js';
import { allFacts } from '../../src/run/rule-set.js';
import { SavedHostSchema } from '../../src/run/saved-host-schema.js';
import { loadShippedRules } from '../../src/run/shipped/load-shipped-rules.js';
import { savedLine } from '../../src/run/collected/saved-readings.js';
import { hostAt } from '../support/hosts.js';

const rules = loadShippedRules();
const facts = allFacts(rules.fixes, rules.declared);
const PARTS = [
  ',"readings":{',
  '"readings":{},',
  '"failure":{"code":"connect-timed-out","detail":"no"},',
  '"kind":"end",',
  '}}',
  '{',
  '}',
  '"',
  '\\',
  ',',
  ':',
  '[',
  '1',
  'null',
  '"a":{"state":"absent","witness":"b"},',
  '"uname.release":{"state":"known","value":7,"raw":""},',
  ' ',
  '\u2028',
  '"__proto__":{"state":"absent","witness":"b"},',
];

const LINES = ['debian-12', 'debian-13', 'rhel-7'].flatMap((name) => {
  const readings = readRecording(readFileSync(`policies/hosts/${name}.probe`));
  return ['a', 'b'].map((which) => {
    const host = `${name}-${which}`;
    return savedLine(hostAt(22, { name: host }), { host, reached: true, readings, tookMs: 1 }).trimEnd();
  });
});

/** The same JSON in a layout that `collect` does not write, so that it is parsed as a whole. */
function unfamiliar(line: string): string {
  return line.replaceAll(',"readings":{', ', "readings":{');
}

function saidOf(lines: readonly string[]) {
  const { sections, diagnostics } = readCollected(
    lines.map((text, place) => ({ text, place })),
    'x',
    facts,
    rules.declared,
  );
  return {
    hosts: sections.flatMap(({ hosts }) => hosts),
    wrong: diagnostics.map(({ code, message, at }) => [
      code,
      at?.line,
      message.replace(/ at position .*/u, '').replace(/:.* (?:valid|of) JSON.*/u, ': no JSON'),
    ]),
  };
}

describe('readings that were met before', () => {
  test('are told without the line being parsed, on the first line and on any other', () => {
    const isReadings = new Ajv2020({ strict: true, allowUnionTypes: true }).compile<Readonly<Record<string, Reading>>>(
      SavedHostSchema.properties.readings,
    );
    const { without } = createFamiliarReadings(isReadings, new Map(facts.map((fact) => [fact.id, fact])));
    for (const line of [...LINES, ...LINES.toReversed()]) {
      const { readings, ...rest } = JSON.parse(line);
      assert.ok(Object.keys(readings).length > 50);
      assert.deepEqual(without(line), rest);
      assert.equal(without(unfamiliar(line)), undefined);
    }
  });

  test('are what they are when the line is parsed, whatever was done to it', () => {
    assert.deepEqual(saidOf(LINES).wrong, []);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            line: fc.nat(LINES.length - 1),
            at: fc.nat(),
            near: fc.constantFrom('anywhere', 'readings', 'end'),
            gone: fc.constantFrom(0, 0, 1, 2, 30),
            put: fc.oneof(fc.constantFrom(...PARTS), fc.constant('')),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        (changes) => {
          const changed = [...LINES];
          for (const { line, at, near, gone, put } of changes) {
            const text = changed[line] ?? '';
            const from = {
              anywhere: at % (text.length + 1),
              readings: Math.max(0, text.indexOf(',"readings"') + (at % 40) - 10),
              end: Math.max(0, text.length - (at % 12)),
            }[near];
            changed[line] = text.slice(0, from) + put + text.slice(from + gone);
          }
          assert.deepEqual(saidOf(changed), saidOf(changed.map(unfamiliar)));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('are not taken for good beside what no line may have', () => {
    const [line = ''] = LINES;
    const twice = /"boot\.id":\{[^}]*\},/u.exec(line)?.[0] ?? '';
    assert.notEqual(twice, '');
    for (const [bad, why] of [
      [line.replace('{"schema"', '{"readings":{},"schema"'), /stands twice/u],
      [line.replace(',"readings":', ',"failure":{"code":"connect-timed-out","detail":""},"readings":'), /exactly one/u],
      [line.replace(twice, twice + twice), /stands twice/u],
      [line.replace(twice, twice.replace('boot', String.raw`\u0062oot`) + twice), /stands twice/u],
      [line.replace('}}', '}},"readings":{}'), /stands twice/u],
      [
        line.replace(
          /"uname\.release":\{"state":"known","value":"[^"]*"/u,
          '"uname.release":{"state":"known","value":7',
        ),
        /not of its type/u,
      ],
      [line.replace('"state":"known"', '"state":"guessed"'), /readings/u],
    ] as const) {
      assert.notEqual(bad, line);
      // The same facts were met in good lines before.
      const { wrong } = saidOf([...LINES.slice(1), bad]);
      assert.equal(wrong.length, 1, bad.slice(0, 200));
      assert.match(String(wrong[0]?.[2]), why);
    }
  });
});
