import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDeclaredFacts } from '../src/policy/declared-facts.js';
import { recordingNonce } from '../src/probe/recording.js';
import { probeScript } from '../src/probe/script.js';
import { allFacts } from '../src/run/rule-set.js';

interface Setting {
  readonly id: string;
  readonly path: string;
}

/** Settings of whole numbers that the machine of the bench has and everybody may read, in the order of their names. */
function settings(count: number): readonly Setting[] {
  const ours = new Set(allFacts([]).map(({ id }) => id));
  const found = ['vm', 'fs', 'net/core', 'net/ipv4'].flatMap((folder) =>
    readdirSync(join('/proc/sys', folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => ({
        id: `sysctl.${folder}.${name}`.replaceAll('/', '.').replaceAll('-', '_'),
        path: `/proc/sys/${folder}/${name}`,
      }))
      .filter(({ id, path }) => !ours.has(id) && isWholeNumber(path)),
  );
  if (found.length < count) throw new Error(`this machine has ${found.length} such settings, not ${count}`);
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, count);
}

function isWholeNumber(file: string): boolean {
  try {
    return /^[0-9]{1,9}\n$/.test(readFileSync(file, 'utf8'));
  } catch {
    return false; // not for everybody to read, or not now
  }
}

/** A policy that declares so many facts and has a rule over each, as `-p` reads it. */
export function declaringPolicy(count: number): string {
  const chosen = settings(count);
  return JSON.stringify({
    policy: 'bench',
    title: 'Settings of this machine',
    facts: Object.fromEntries(chosen.map(({ id, path }) => [id, { type: 'int', path }])),
    rules: chosen.map(({ id }, index) => ({
      id: `setting-${index}`,
      title: `The ${id} of the bench`,
      severity: 'low',
      requires: `${id} >= 1`,
      because: `${id} is {${id}}`,
    })),
  });
}

/**
 * A recording, with the answer for a policy's declared facts behind it: what the same script said on this machine.
 *
 * @throws Error where the script does not run here
 */
export function withDeclared(recording: string, policy: string): string {
  const { definitions, diagnostics } = loadDeclaredFacts([{ file: 'bench.yaml', text: policy }], allFacts([]), []);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const nonce = recordingNonce(Buffer.from(recording)) ?? '';
  const { stdout } = spawnSync('sh', ['-s'], { input: probeScript(nonce, definitions), encoding: 'utf8' });
  const at = stdout.indexOf(`kw ${nonce} begin declared\n`);
  if (at < 0) throw new Error('the probe of this machine has no section of declared facts');
  return `${recording}${stdout.slice(at)}`;
}
