import { join } from 'node:path';
import { defined } from '../../language/defined.js';
import type { TextFile } from '../../text/text-file.js';
import { OWN_FILES } from './own-files.js';
import type { PolicyFile } from '../../policy/load.js';
import { checkedTexts } from './precompiled.js';

const checkedTextOf = checkedTexts(() => OWN_FILES.read('dist/checked-values.json'));

function yamlIn(folder: string): PolicyFile[] {
  return OWN_FILES.names(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const text = OWN_FILES.read(join(folder, name))?.toString() ?? '';
      const { value: checked, expressions } = checkedTextOf(text) ?? {};
      return { file: join(folder, name), text, isShipped: true, ...defined({ checked, expressions }) };
    });
}

export function shippedPolicies(): PolicyFile[] {
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
