import { getAsset } from 'node:sea';
import { memoize } from '../../language/memoize.js';
import type { OwnFiles } from './own-files.js';

/** The asset that scripts/release/executable.mjs makes of them: path → bytes, each a letter of Latin-1. */
const FILES = 'files';

const contents = memoize((): ReadonlyMap<string, string> => {
  // Not imported above: whatever is no executable would load it at its start.
  const { brotliDecompressSync } = process.getBuiltinModule('node:zlib');
  return new Map(Object.entries(JSON.parse(brotliDecompressSync(new Uint8Array(getAsset(FILES))).toString())));
});

/** The files that are in the single executable. */
export const EXECUTABLE_FILES: OwnFiles = {
  read: (path) => {
    const bytes = contents().get(path);
    return bytes === undefined ? undefined : Buffer.from(bytes, 'latin1');
  },
  names: (folder) =>
    [...contents().keys()].flatMap((path) => {
      const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '/';
      return name.includes('/') ? [] : [name];
    }),
};
