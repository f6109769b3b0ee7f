import { sha256 } from '../sha256.js';
import { OWN_FILES } from './own-files.js';

/** Below `policies`. */
const FOLDERS = ['', '/kernel-fixes', '/profiles', '/support'].map((folder) => `policies${folder}`);

/**
 * Of everything that kernward judges by: policies, known fixes, profiles, dates of support. Whoever has the files has it
 * without kernward: `find policies -name '*.yaml' | LC_ALL=C sort | xargs sha256sum | sha256sum`.
 */
export function policiesDigest(): string {
  const paths = FOLDERS.flatMap((folder) => OWN_FILES.names(folder).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.yaml'))
    .toSorted();
  return sha256(paths.map((path) => `${sha256(OWN_FILES.read(path) ?? '')}  ${path}\n`).join(''));
}
