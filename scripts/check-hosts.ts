/**
 * Refuses a recording, and a host of the demo, that claims a family of kernels and is made of another's files: what such a host
 * proves is nothing. `policy test` does the same with the cases of policies.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../src/run/shipped/package-root.js';
import { editRecording } from '../src/demo/edit-recording.js';
import { FLEET } from '../src/demo/fleet.js';
import { familyProblems } from '../src/kernel/families/check-family.js';
import { readRecording } from '../src/probe/recording.js';

const FOLDER = join(PACKAGE_ROOT, 'policies', 'hosts');
const recordings = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.probe'))
  .map((name) => ({ name: `policies/hosts/${name}`, text: readFileSync(join(FOLDER, name), 'utf8') }));
const base = recordings.find(({ name }) => name.endsWith('/debian-12.probe'))?.text ?? '';
const demo = FLEET.map(({ name, edit }) => ({ name: `the demo's ${name}`, text: editRecording(base, edit) }));

const problems = [...recordings, ...demo].flatMap(({ name, text }) =>
  familyProblems(readRecording(new TextEncoder().encode(text))).map((problem) => `${name}: ${problem}`),
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
