import type { BootFiles } from '../boot-files.js';
import { baseName, type ConfTree } from '../conf-files.js';

/** /run is empty as a boot begins: file-hierarchy(7), systemd 252. What is there was written since, and may be written again. */
const RUN = '/run/';

function isKept({ path }: { readonly path: string }): boolean {
  return !path.startsWith(RUN);
}

function kept({ files, unlisted }: ConfTree): ConfTree {
  return { files: files.filter(isKept), unlisted: unlisted.filter(isKept) };
}

/** Does a file of /run say anything, or hide one of its name? */
function matters({ files, unlisted }: ConfTree): boolean {
  return (
    unlisted.some(({ path }) => path.startsWith(RUN)) ||
    files.some(
      (file) =>
        file.path.startsWith(RUN) &&
        (file.lines.length > 0 ||
          file.unread !== undefined ||
          files.some((other) => other !== file && baseName(other.path) === baseName(file.path))),
    )
  );
}

/** What a boot reads where nobody writes to /run before it; undefined: the same as now. */
export function withoutRun(files: BootFiles): BootFiles | undefined {
  const { sysctls, tmpfiles, modprobe } = files;
  return [sysctls, tmpfiles, modprobe].some(matters)
    ? {
        ...files,
        sysctls: kept(sysctls),
        tmpfiles: kept(tmpfiles),
        modprobe: kept(modprobe),
        files: new Map([...files.files].filter(([path]) => !path.startsWith(RUN))),
        unread: new Map([...files.unread].filter(([path]) => !path.startsWith(RUN))),
      }
    : undefined;
}

function fileIn(place: string | undefined): string {
  return place?.replace(/:\d+(?:,.*)?$/, '') ?? '';
}

/**
 * The file of /run with which a setting is another than without it.
 *
 * @param place of who wins with the files of /run, and of who wins without them
 */
export function fileOfRun(
  { sysctls, tmpfiles, modprobe }: BootFiles,
  place: string | undefined,
  without: string | undefined,
): string {
  if (place?.startsWith(RUN) === true) return fileIn(place);
  const trees = [sysctls, tmpfiles, modprobe].map(({ files }) => files.map(({ path }) => path));
  const ofRun = trees.flatMap((paths) =>
    paths
      .filter((path) => path.startsWith(RUN))
      .map((path) => ({ path, hides: paths.some((other) => other !== path && baseName(other) === baseName(path)) })),
  );
  const hidden = baseName(fileIn(without));
  const found = ofRun.find(({ path }) => baseName(path) === hidden) ?? ofRun.find(({ hides }) => hides) ?? ofRun[0];
  return found?.path ?? RUN;
}
