import { getAsset } from 'node:sea';
import { brotliDecompressSync } from 'node:zlib';
import { memoize } from '../../language/memoize.js';
import type { OwnFiles } from './own-files.js';

/** The asset that lists the others, which scripts/release/executable.mjs puts into the executable. */
const LIST = 'files';

const paths = memoize((): readonly string[] => JSON.parse(getAsset(LIST, 'utf8')));

/** The files that are in the single executable, each compressed. */
export const EXECUTABLE_FILES: OwnFiles = {
  read: (path) => (paths().includes(path) ? brotliDecompressSync(new Uint8Array(getAsset(path))) : undefined),
  names: (folder) =>
    paths().flatMap((path) => {
      const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '/';
      return name.includes('/') ? [] : [name];
    }),
};
