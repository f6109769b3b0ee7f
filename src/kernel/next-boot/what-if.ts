import type { FactDefinition } from '../../facts/definition.js';
import type { ReadIfAny } from '../../facts/memoize-by-readings.js';
import { expectationsOf, NEXT_BOOT_FILES, type Expected } from './expect.js';

/** A file as somebody may write it. */
export interface NewFile {
  /** `/etc/sysctl.d/90-kernward-hung-task.conf`. */
  readonly path: string;
  readonly lines: readonly string[];
}

/** What a boot reads, with these files in place of those of their names. */
function withFiles(told: readonly string[], files: readonly NewFile[]): readonly string[] {
  const paths = files.map(({ path }) => path);
  const isReplaced = (line: string): boolean =>
    paths.some((path) => line.startsWith(`${path}:`) || (line.startsWith('/') ? false : line.endsWith(` ${path}`)));
  return [
    ...told.filter((line) => !isReplaced(line)),
    ...files.flatMap(({ path, lines }) => [
      `file ${path}`,
      ...lines.map((line, index) => `${path}:${index + 1}:${line}`),
    ]),
  ];
}

/**
 * The settings as the next boot would make them if these files were there: by the same prediction, so that a file that is said to
 * win does so as far as anything here is true.
 *
 * @returns undefined where what the next boot reads is not known
 */
export function expectWithFiles(
  read: ReadIfAny,
  declared: readonly FactDefinition[],
  files: readonly NewFile[],
): readonly Expected[] | undefined {
  const told = read(NEXT_BOOT_FILES);
  if (told?.state !== 'known' || !Array.isArray(told.value)) return undefined;
  const value = withFiles(told.value.map(String), files);
  const expectations = expectationsOf(declared, (id) =>
    id === NEXT_BOOT_FILES ? { state: 'known', value, raw: '' } : read(id),
  );
  return 'reading' in expectations ? undefined : [...expectations.settings, ...expectations.moving];
}
