import { InvalidArgumentError, Option } from 'commander';

/** For commands that read a saved report. */
export function limitOfReport(): Option {
  return new Option(
    '-l, --limit <PATTERN>',
    'only hosts that match, as for scan: names and groups of the report, label:owner=team',
  );
}

export function groupOrLabel(text: string): string {
  if (text === 'group' || /^label:./.test(text)) return text;
  throw new InvalidArgumentError('expected group or label:NAME.');
}
