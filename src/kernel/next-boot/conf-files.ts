/** A line of a file, as it stands there. */
export interface ConfLine {
  readonly line: number;
  readonly text: string;
}

/** A file that a program reads at boot. Lines that nobody needs may be missing; their numbers are those of the file. */
export interface ConfFile {
  readonly path: string;
  readonly lines: readonly ConfLine[];
  /** Why it is not known what stands in it, or in the rest of it. */
  readonly unread?: string;
  /** A directory, or a link that leads nowhere: versions of the programs differ in whether it hides a file of its name. */
  readonly isOdd?: true;
}

/** Directories of configuration and their files, of one kind: all of sysctl.d, or all of tmpfiles.d. */
export interface ConfTree {
  readonly files: readonly ConfFile[];
  /** Directories of which it is not known what is in them, and why. */
  readonly unlisted: readonly { readonly path: string; readonly unread: string }[];
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function byName(a: ConfFile, b: ConfFile): number {
  const [one, other] = [baseName(a.path), baseName(b.path)];
  return one < other ? -1 : Number(one > other);
}

/**
 * The files that are read, in their order: sorted by name, whatever directory they are in, and of one name only that of
 * the first directory.
 *
 * @param directories the first has precedence
 */
export function filesInOrder(tree: ConfTree, directories: readonly string[]): readonly ConfFile[] {
  const byBase = new Map<string, ConfFile>();
  for (const directory of directories)
    for (const file of tree.files)
      if (folder(file.path) === directory && !byBase.has(baseName(file.path))) byBase.set(baseName(file.path), file);
  return [...byBase.values()].sort(byName);
}
