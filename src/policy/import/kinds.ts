/** The files of other tools that are read, by what `--from` calls them. Apart from what reads them, so that help texts are cheap. */
export const IMPORT_KINDS = ['sysctl.conf', 'goss', 'inspec'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];
