import { homedir } from 'node:os';
import { join } from 'node:path';

/** `~/x` in the home directory of whoever runs kernward; any other path as it is. */
export function expandHome(path: string, home: string = homedir()): string {
  return path === '~' ? home : path.startsWith('~/') ? join(home, path.slice(2)) : path;
}
