import { statSync } from 'node:fs';

/** Whether the path leads to a folder; it does not where nothing is there or where nobody may look. Never throws. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
