import type { FactDescription } from '../model/fact.js';
import type { Reading, UnreadableCause, Value } from '../model/reading.js';

/** The parts of the probe, in the order in which it runs them: what matters most first, what may wait for a lock last. */
export const SECTIONS = [
  'places',
  'identity',
  'sysctl',
  'sysfs',
  'cmdline',
  'machine',
  'locked',
  'kthreads',
  'tasks',
  'dumps',
] as const;

/** The sections of the package script, which is run only on a host whose kernel may lack a known fix. */
export const PACKAGE_SECTIONS = ['installed', 'changelog'] as const;
export type PackageSection = (typeof PACKAGE_SECTIONS)[number];

/** What is read for facts that policies declare: last, so that nothing of it can take anything from the others. */
export const DECLARED_SECTIONS = ['declared', 'parameters', 'kconfig'] as const;

/** What the next boot will apply: after the rest of the catalogue, since it looks at the most files. */
export const BOOT_SECTIONS = ['boot'] as const;

/** What the collector, installed on the host, says of itself; and what root's script said, where a host may use it. */
export const OTHER_SECTIONS = ['collector', 'become'] as const;

/** The parts of what root's script prints. What the probe reads too is read again, as root. */
export const ROOT_PARTS = ['dumps', 'kthreads', 'tasks', 'pstore'] as const;
export type RootPart = (typeof ROOT_PARTS)[number];

export type SectionName =
  | (typeof SECTIONS)[number]
  | PackageSection
  | (typeof DECLARED_SECTIONS)[number]
  | (typeof BOOT_SECTIONS)[number]
  | (typeof OTHER_SECTIONS)[number]
  | RootPart;

/** Sections that are one `grep -H ''` over a list of files. */
export type FileSection = 'identity' | 'sysctl' | 'sysfs' | 'locked' | 'declared';

/** Sections that are a command of their own. */
export type CommandSection = Exclude<SectionName, FileSection | 'places' | (typeof OTHER_SECTIONS)[number]>;

/** Sections that say how many lines they have. A value on one line needs no count, and the second look proves nothing by silence. */
export const COUNTED_SECTIONS: ReadonlySet<string> = new Set([
  'cmdline',
  'kthreads',
  'tasks',
  'dumps',
  'become',
  ...DECLARED_SECTIONS,
  ...BOOT_SECTIONS,
] satisfies readonly SectionName[]);

/** Where a fact is read. */
type FactOrigin =
  /** The first of `paths` that is there; its whole content goes to `parse`. */
  | { readonly via: 'file'; readonly section: FileSection; readonly paths: readonly string[] }
  /**
   * What matches `patterns` (shell globs below one of `directories`); `parse` gets a line `rest-of-path:content` for each
   * line of each match. No match: `absent`, or, with `mayBeEmpty` and a directory that is there, `parse('')`.
   */
  | {
      readonly via: 'glob';
      readonly section: FileSection;
      readonly directories: readonly string[];
      readonly patterns: readonly string[];
      readonly mayBeEmpty: boolean;
    }
  /**
   * All of `paths` that are there; `parse` gets a line `path:content` for each of their lines, `path:` for an empty file.
   * None there: `parse('')`.
   */
  | { readonly via: 'files'; readonly section: FileSection; readonly paths: readonly string[] }
  /** The standard output of the commands of these sections, one after the other. */
  | {
      readonly via: 'command';
      readonly sections: readonly CommandSection[];
      /** The boot parameter or build option that the command is asked for by name. */
      readonly asks?: string;
      /** What it is read from, in words, where the sections read more than that. */
      readonly readFrom?: string;
    };

/** Real bytes as the kernel or a distribution writes them, and what must become of them. */
export type Sample =
  | { readonly text: string; readonly known: Value }
  | { readonly text: string; readonly otherwise: 'absent' | UnreadableCause };

/** One fact: everything that is made from it (probe, readings, schema, reference page, tests) is made from this. */
export interface FactDefinition extends FactDescription {
  readonly origin: FactOrigin;
  /** Pure; never throws, whatever the host sent. */
  readonly parse: (text: string) => Reading;
  readonly samples: readonly Sample[];
  /** What a reader of the value must know; markdown. */
  readonly note?: string;
  /** Set where a policy declares it: how its value comes about, so that two declarations can be told apart. */
  readonly declaredAs?: string;
}
