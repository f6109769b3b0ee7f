/** Why something is not known. */
export interface BootDoubt {
  readonly doubt: string;
  /** What would say it is there, or may be, and could not be read: nothing that was read speaks for something else. */
  readonly isUnread?: true;
}

/** The doubt about a file or directory that could not be read. */
export function unreadDoubt(path: string, why: string | undefined): BootDoubt {
  return { doubt: `${path} ${why ?? 'was not read'}`, isUnread: true };
}
