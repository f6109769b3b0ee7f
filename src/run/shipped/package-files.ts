import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../../language/defined.js';
import type { TextFile } from '../../text/text-file.js';
import { PACKAGE_ROOT } from './package-root.js';
import { checkedValues } from './precompiled.js';

const checkedValueOf = checkedValues(PACKAGE_ROOT);

function yamlIn(folder: string): TextFile[] {
  return readdirSync(join(PACKAGE_ROOT, folder))
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => {
      const text = readFileSync(join(PACKAGE_ROOT, folder, name), 'utf8');
      const checked = checkedValueOf(text);
      return { file: join(folder, name), text, isShipped: true, ...defined({ checked }) };
    });
}

export function shippedPolicies(): TextFile[] {
  return yamlIn('policies');
}
export function shippedProfiles(): TextFile[] {
  return yamlIn(join('policies', 'profiles'));
}
export function shippedFixes(): TextFile[] {
  return yamlIn(join('policies', 'kernel-fixes'));
}

export function shippedSupport(): TextFile[] {
  return yamlIn(join('policies', 'support'));
}

/** The probe output of a recorded host that policy cases start from; `undefined`: there is none of that name. */
export function recordedHost(name: string): Uint8Array | undefined {
  const folder = join(PACKAGE_ROOT, 'policies', 'hosts');
  return readdirSync(folder).includes(`${name}.probe`) ? readFileSync(join(folder, `${name}.probe`)) : undefined;
}
