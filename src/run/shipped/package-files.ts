import { join } from 'node:path';
import { defined } from '../../language/defined.js';
import type { TextFile } from '../../text/text-file.js';
import { OWN_FILES } from './own-files.js';
import { checkedValues } from './precompiled.js';

const checkedValueOf = checkedValues(() => OWN_FILES.read('dist/checked-values.json'));

function yamlIn(folder: string): TextFile[] {
  return OWN_FILES.names(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const text = OWN_FILES.read(join(folder, name))?.toString() ?? '';
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
  const folder = join('policies', 'hosts');
  return OWN_FILES.names(folder).includes(`${name}.probe`) ? OWN_FILES.read(join(folder, `${name}.probe`)) : undefined;
}
