import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../transports/error-detail.js';
import { IS_EXECUTABLE } from '../../transports/programs/own-program.js';
import { EXECUTABLE_FILES } from './executable-files.js';
import { PACKAGE_ROOT } from './package-root.js';

/** The files that come with kernward, by their path in the package. */
export interface OwnFiles {
  /** Undefined: it is not there. */
  readonly read: (path: string) => Buffer | undefined;
  /** Of the files that are in a folder, not of those deeper in it, sorted. */
  readonly names: (folder: string) => readonly string[];
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

function ofPackage(root: string): OwnFiles {
  return {
    read: (path) => readIfThere(join(root, path)),
    names: (folder) =>
      readdirSync(join(root, folder), { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]))
        .toSorted(),
  };
}

export const OWN_FILES: OwnFiles = IS_EXECUTABLE ? EXECUTABLE_FILES : ofPackage(PACKAGE_ROOT);
