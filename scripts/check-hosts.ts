/**
 * Refuses a recording, and a host of the demo, that claims a family of kernels and is made of another's files, or keeps values that
 * another family boots with: what such a host proves is nothing. `policy test` does the same with the cases of policies.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { editRecording, type Edit } from '../src/demo/edit-recording.js';
import { FLEET } from '../src/demo/fleet.js';
import { FACTS } from '../src/facts/index.js';
import { familyProblems, keptDefaults, unlikeItsDefaults } from '../src/kernel/families/check-family.js';
import type { FactId, Readings } from '../src/model/reading.js';
import { readRecording } from '../src/probe/recording.js';

const FOLDER = join(PACKAGE_ROOT, 'policies', 'hosts');
const recordings = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.probe'))
  .map((name) => ({ name: `policies/hosts/${name}`, text: readFileSync(join(FOLDER, name), 'utf8') }));
const base = recordings.find(({ name }) => name.endsWith('/debian-12.probe'))?.text ?? '';

function readingsOf(text: string): Readings {
  return readRecording(new TextEncoder().encode(text));
}

/** The facts that no path of an edit sets. */
function unset({ set = {} }: Edit): ReadonlySet<FactId> {
  const paths = new Set(Object.keys(set));
  return new Set(
    FACTS.filter(({ origin }) => origin.via !== 'file' || !origin.paths.some((path) => paths.has(path))).map(
      ({ id }) => id,
    ),
  );
}

const ofRecordings = recordings.flatMap(({ name, text }) => {
  const readings = readingsOf(text);
  return [...familyProblems(readings), ...unlikeItsDefaults(readings)].map((problem) => `${name}: ${problem}`);
});
const ofTheDemo = FLEET.flatMap(({ name, edit }) => {
  const edited = readingsOf(editRecording(base, edit));
  return [...familyProblems(edited), ...keptDefaults(readingsOf(base), edited, unset(edit))].map(
    (problem) => `the demo's ${name}: ${problem}`,
  );
});

const problems = [...ofRecordings, ...ofTheDemo];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
