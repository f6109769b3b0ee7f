import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { keptOfNpm, type FromNpm } from './npm-packages.js';
import { couldNotTest } from './shells.js';

/** Grafana publishes the schema of its dashboards as types (Apache-2.0). Grafana itself is not in Debian. */
export const GRAFANA_SCHEMA: FromNpm = {
  package: '@grafana/schema@13.2.3',
  member: 'dist/types/raw/dashboard/x/types.gen.d.ts',
  keptAs: 'grafana-dashboard.d.ts',
};
const SHA256 = '8170498f7e60c9876824b9088e6ec6c82cc6c64a53934ef6172cfaa8ee007183';

/**
 * The types, known by their digest, with their enums as the words that JSON has.
 *
 * @returns undefined where the set-up could not have them; then it has said so, and with CI=true it throws
 */
export function grafanaSchema(): string | undefined {
  const file = keptOfNpm(GRAFANA_SCHEMA);
  if (file === undefined) {
    couldNotTest(`the dashboard against Grafana's types (npm pack ${GRAFANA_SCHEMA.package} did not work)`);
    return undefined;
  }
  const text = readFileSync(file, 'utf8');
  if (createHash('sha256').update(text).digest('hex') !== SHA256)
    throw new Error(`${file} is not the schema that the test knows`);
  return text.replaceAll(
    /export declare enum (\w+) \{(.*?)\n\}/gs,
    (_, name: string, members: string) =>
      `export type ${name} = ${[...members.matchAll(/= ("[^"]*"|-?\d+)/g)].map(([, value = '']) => value).join(' | ')};`,
  );
}
