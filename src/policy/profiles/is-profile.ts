import type { TextFile } from '../../text/text-file.js';
import { readYamlFile } from '../../text/yaml/load.js';

/**
 * Whether a file for `-p` holds a profile: it has a key `profile` and none that is `policy`. Everything else is read as a
 * policy, and its loader says what is wrong with it; of a file that is no YAML, what stands at the start of a line counts.
 */
export function isProfile(file: TextFile): boolean {
  if (!file.text.includes('profile')) return false;
  const source = readYamlFile(file).value;
  if (source === undefined) return /^profile\s*:/m.test(file.text) && !/^policy\s*:/m.test(file.text);
  const { value } = source;
  return typeof value === 'object' && value !== null && 'profile' in value && !('policy' in value);
}
