import { GRUB_DEFAULTS, KERNEL_CMDLINE } from '../../../facts/boot-files.js';
import type { BootFiles } from '../boot-files.js';
import { baseName, type ConfTree } from '../conf-files.js';

/** It is empty as a boot begins: file-hierarchy(7), systemd 252. What is there was written since, and may be written again. */
const RUN = '/run';

/** They are read when the configuration of a boot loader is made, and by no boot. */
const OF_LOADER = [GRUB_DEFAULTS, KERNEL_CMDLINE];

/** Is it gone after a boot, unless somebody writes it again? */
export function isInMemory({ volatile }: Pick<BootFiles, 'volatile'>, path: string): boolean {
  return (
    [RUN, ...volatile].some((directory) => path.startsWith(`${directory}/`)) &&
    !OF_LOADER.some((each) => path.startsWith(each))
  );
}

function isOfRun({ path }: { readonly path: string }): boolean {
  return path.startsWith(`${RUN}/`);
}

/** Does a file of /run say anything, or hide one of its name? */
function matters({ files, unlisted }: ConfTree): boolean {
  return (
    unlisted.some(isOfRun) ||
    files.some(
      (file) =>
        isOfRun(file) &&
        (file.lines.length > 0 ||
          file.unread !== undefined ||
          files.some((other) => other !== file && baseName(other.path) === baseName(file.path))),
    )
  );
}

/** What a boot reads where nothing is left of what is kept in memory, and nobody writes it again; undefined: the same as now. */
export function withoutMemory(files: BootFiles): BootFiles | undefined {
  const { sysctls, tmpfiles, modprobe, udev, volatile } = files;
  if (volatile.length === 0 && ![sysctls, tmpfiles, modprobe, udev].some(matters)) return undefined;
  const stays = (path: string): boolean => !isInMemory(files, path);
  const staying = ({ files: own, unlisted }: ConfTree): ConfTree => ({
    files: own.filter(({ path }) => stays(path)),
    unlisted: unlisted.filter(({ path }) => stays(path)),
  });
  return {
    ...files,
    volatile: [],
    sysctls: staying(sysctls),
    tmpfiles: staying(tmpfiles),
    modprobe: staying(modprobe),
    udev: staying(udev),
    // What starts at boot is linked there.
    enabled: volatile.includes('/etc') ? new Set() : files.enabled,
    files: new Map([...files.files].filter(([path]) => stays(path))),
    unread: new Map([...files.unread].filter(([path]) => stays(path))),
  };
}

function fileIn(place: string | undefined): string {
  return place?.replace(/:\d+(?:,.*)?$/, '') ?? '';
}

/**
 * The file with which a setting is another than without what is kept in memory.
 *
 * @param place of who wins with these files, and of who wins without them
 */
function fileOf(files: BootFiles, place: string | undefined, without: string | undefined): string | undefined {
  if (place !== undefined && isInMemory(files, place)) return fileIn(place);
  const inMemory = [files.sysctls, files.tmpfiles, files.modprobe].flatMap((tree) => {
    const paths = tree.files.map(({ path }) => path);
    return paths
      .filter((path) => isInMemory(files, path))
      .map((path) => ({ path, hides: paths.some((other) => other !== path && baseName(other) === baseName(path)) }));
  });
  const hidden = baseName(fileIn(without));
  const found =
    inMemory.find(({ path }) => baseName(path) === hidden) ?? inMemory.find(({ hides }) => hides) ?? inMemory[0];
  return found?.path;
}

/** Why it is not known what is set, where that is another without what is kept in memory; the parameters are those of `fileOf`. */
export function doubtOfMemory(files: BootFiles, place: string | undefined, without: string | undefined): string {
  const file = fileOf(files, place, without) ?? 'what stands there';
  if (isOfRun({ path: file })) return `${file} is gone after a boot unless it is written again`;
  return `what is written to ${files.volatile.join(', ')} is kept in memory, and ${file} may be gone after the next boot`;
}
