/** What reading a configuration file gave. */
export type FileReading =
  | { readonly read: 'text'; readonly text: string }
  | { readonly read: 'missing' }
  /** It is there and cannot be used: no permission, or others could have written it. */
  | { readonly read: 'refused'; readonly detail: string };

/** The file system as the resolver sees it; the disk is in disk-files.ts, tests pass their own. */
export interface ConfigFiles {
  /** @param checkOwner refuse a file that somebody else owns or can write to, as ssh does */
  readonly read: (path: string, checkOwner: boolean) => FileReading;
  /** The names in a directory, without `.` and `..`; nothing where it cannot be listed. */
  readonly list: (directory: string) => readonly string[];
  readonly exists: (path: string) => boolean;
}

/** A configuration file that ssh reads by itself. */
export interface RootFile {
  readonly path: string;
  /** The user's own: its includes are relative to `~/.ssh`, a system file's to `/etc/ssh`. */
  readonly user: boolean;
  readonly checkOwner: boolean;
  /** Named by the user, so that it has to be there. */
  readonly required: boolean;
}

/**
 * The files that ssh reads: `~/.ssh/config` and `/etc/ssh/ssh_config`, or the one of `-F`, or none for `-F none`.
 *
 * @param chosen the argument of `-F`
 * @param home the home directory of the password database
 */
export function rootFiles(home: string, chosen?: string): readonly RootFile[] {
  if (chosen?.toLowerCase() === 'none') return [];
  if (chosen !== undefined) return [{ path: chosen, user: true, checkOwner: false, required: true }];
  return [
    { path: `${home}/.ssh/config`, user: true, checkOwner: true, required: false },
    { path: '/etc/ssh/ssh_config', user: false, checkOwner: false, required: false },
  ];
}
