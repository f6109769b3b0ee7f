import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keptOfNpm, type FromNpm } from './npm-packages.js';
import { couldNotTest } from './shells.js';

/** OASIS publishes the schema without a licence under which it could be kept here; Microsoft's package (MIT) carries it. */
export const SARIF_SCHEMA: FromNpm = {
  package: '@microsoft/jest-sarif@1.0.0-beta.0',
  member: 'lib/schemas/sarif-2.1.0-rtm.5.json',
  keptAs: 'sarif-2.1.0.json',
};
const SHA256 = '2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8';

/**
 * The official JSON schema of SARIF 2.1.0, known by its digest.
 *
 * @returns undefined where the set-up could not have it; then it has said so, and with CI=true it throws
 */
export function sarifSchema(): string | undefined {
  const file = keptOfNpm(SARIF_SCHEMA);
  if (file === undefined) {
    couldNotTest(`SARIF against the official schema (npm pack ${SARIF_SCHEMA.package} did not work)`);
    return undefined;
  }
  const text = readFileSync(file, 'utf8');
  if (createHash('sha256').update(text).digest('hex') !== SHA256)
    throw new Error(`${SARIF_SCHEMA.package} does not hold the schema that it held`);
  return text;
}
