import type { Argument, Option } from 'commander';

/** What the values of options and arguments are, as far as they can be listed. */
export type ValueKind = 'file' | 'folder' | 'host' | 'group' | 'pattern' | 'profile' | 'rule' | 'fix' | 'format';

/** By what stands between the brackets of an option; another meaning of it stands below. */
const BY_WORD: ReadonlyMap<string, ValueKind> = new Map([
  ['FILE', 'file'],
  ['KEY.pub', 'file'],
  ['PATH', 'file'],
  ['DIR', 'folder'],
  ['FOLDER', 'folder'],
  ['PATTERN', 'pattern'],
]);

const BY_OPTION: ReadonlyMap<string, ValueKind> = new Map([
  ['--profile', 'profile'],
  ['--hosts', 'host'],
  ['--group', 'group'],
  ['--group-forks', 'group'],
  ['--rule', 'rule'],
]);

/** Those that take the formats of reports; others have formats of their own, which their help names. */
const REPORT_FORMATS = new Set(['scan', 'eval', 'report', 'diff']);

export function kindOfOption(path: string, { long, flags }: Option): ValueKind | undefined {
  if (long === '--output' && flags.includes('FORMAT')) return REPORT_FORMATS.has(path) ? 'format' : undefined;
  const word = /[<[](?<word>[^>\]]+)[>\]]/u.exec(flags)?.groups?.['word'] ?? '';
  return BY_OPTION.get(long ?? '') ?? BY_WORD.get(word);
}

/** By command and argument. */
const BY_ARGUMENT: ReadonlyMap<string, ValueKind> = new Map([
  ['explain host', 'host'],
  ['explain rule', 'rule'],
  ['inventory host host', 'host'],
  ['inventory graph group', 'group'],
  ['policy show rule', 'rule'],
  ['history rule id', 'rule'],
  ['fix show id', 'fix'],
]);

const FILES = new Set(['report', 'readings', 'old', 'new', 'reports', 'files', 'file']);

export function kindOfArgument(path: string, argument: Argument): ValueKind | undefined {
  const name = argument.name();
  return BY_ARGUMENT.get(`${path} ${name}`) ?? (FILES.has(name) ? 'file' : undefined);
}
