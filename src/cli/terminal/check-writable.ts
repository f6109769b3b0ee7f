import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkLinks } from '../../run/output-file.js';
import { errorCode } from '../../transports/error-detail.js';

const WHY: ReadonlyMap<string, (folder: string) => string> = new Map([
  ['ENOENT', (folder) => `there is no folder ${folder}`],
  ['ENOTDIR', (folder) => `${folder} is no folder`],
  ['EACCES', (folder) => `the folder ${folder} may not be written to`],
  ['EROFS', (folder) => `the folder ${folder} is on a read-only file system`],
]);

function whyFolderNotWritable(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (thrown) {
    return WHY.get(errorCode(thrown) ?? '')?.(folder) ?? `${folder}: ${String(thrown)}`;
  }
}

function whyLinkRefused(file: string): string | undefined {
  try {
    checkLinks(file);
    return undefined;
  } catch (thrown) {
    return errorCode(thrown) === undefined && thrown instanceof Error ? thrown.message : undefined;
  }
}

/**
 * Why a file cannot be written, as far as it can be known before the fleet is asked: a folder that is not there would
 * cost the whole run. A file is replaced by one that is written beside it, so it is its folder that must be writable; a
 * device or a pipe is tried when its time comes.
 *
 * @returns half a sentence, or nothing where it seems possible
 */
export function whyNotWritable(file: string): string | undefined {
  const refused = whyLinkRefused(file);
  if (refused !== undefined) return refused;
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return 'it is a folder';
    if (found !== undefined && !found.isFile()) return undefined;
    return whyFolderNotWritable(dirname(found === undefined ? file : realpathSync(file)));
  } catch (thrown) {
    return WHY.get(errorCode(thrown) ?? '')?.(dirname(file)) ?? String(thrown);
  }
}
