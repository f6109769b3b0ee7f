import type { Static } from 'typebox';
import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { checkSchema } from '../../text/schema.js';
import { readYaml, type Path, type YamlSource } from '../../text/yaml/load.js';
import { InspecWaiversSchema, WaiversSchema } from './schema.js';
import { toUtc } from './time.js';
import type { Waiver } from './waiver.js';
import { append } from '../../text/append.js';

export interface WaiverFile {
  readonly file: string;
  readonly text: string;
}

type Code = 'waiver/duplicate' | 'waiver/no-expiry' | 'waiver/order' | 'waiver/time';

function problem(code: Code, source: YamlSource, path: Path, message: string, help: string): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    ...source.placeOf(path),
    help,
  };
}

/** The moment that a field names; a diagnostic where it names none. */
function momentAt(text: string, source: YamlSource, path: Path, diagnostics: Diagnostic[]): string {
  const moment = toUtc(text);
  if (moment === undefined)
    diagnostics.push(
      problem(
        'waiver/time',
        source,
        path,
        `${clean(text, 80)} is no day and no time in UTC`,
        'write 2026-12-31, which is its first moment, or 2026-12-31T18:00:00Z',
      ),
    );
  return moment ?? '';
}

function placeOf(source: YamlSource, path: Path): Waiver['definedAt'] {
  return {
    file: source.file,
    line: source.positionOf(path, 'key').line,
  };
}

function ownWaivers(
  { waivers }: Static<typeof WaiversSchema>,
  source: YamlSource,
  diagnostics: Diagnostic[],
): readonly Waiver[] {
  return waivers.map(({ starts, expires, ...written }, index) => {
    const path = ['waivers', index];
    const from = starts === undefined ? undefined : momentAt(starts, source, [...path, 'starts'], diagnostics);
    const to = momentAt(expires, source, [...path, 'expires'], diagnostics);
    if (from !== undefined && from !== '' && to !== '' && from >= to)
      diagnostics.push(
        problem(
          'waiver/order',
          source,
          [...path, 'expires'],
          `${clean(written.id, 80)} expires before it starts`,
          'it holds from starts on, and at expires not any more',
        ),
      );
    return {
      ...written,
      ...(from === undefined ? {} : { starts: from }),
      expires: to,
      definedAt: placeOf(source, path),
    };
  });
}

/** A control of InSpec is a rule here, and a waiver of it holds on every host: its file names none. */
function inspecWaivers(
  controls: Static<typeof InspecWaiversSchema>,
  source: YamlSource,
  diagnostics: Diagnostic[],
): readonly Waiver[] {
  return Object.entries(controls).map(([rule, { expiration_date: expires, justification }]) => {
    if (expires === undefined)
      diagnostics.push(
        problem(
          'waiver/no-expiry',
          source,
          [rule],
          `the waiver of ${clean(rule, 80)} never expires`,
          'InSpec takes it for permanent; here every waiver ends: add an expiration_date',
        ),
      );
    return {
      id: rule,
      rule,
      hosts: 'all',
      justification,
      expires: expires === undefined ? '' : momentAt(expires, source, [rule, 'expiration_date'], diagnostics),
      definedAt: placeOf(source, [rule]),
    };
  });
}

/** Ours has the key `waivers`; a file without it whose values are mappings is InSpec's. */
function isInspec({ value }: YamlSource): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !('waivers' in value) &&
    Object.keys(value).length > 0 &&
    Object.values(value).every((each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each))
  );
}

function waiversOf(source: YamlSource, diagnostics: Diagnostic[]): readonly Waiver[] {
  const take = <T>(checked: Loaded<T>, read: (value: T) => readonly Waiver[]): readonly Waiver[] => {
    append(diagnostics, checked.diagnostics);
    return checked.value === undefined ? [] : read(checked.value);
  };
  return isInspec(source)
    ? take(checkSchema(InspecWaiversSchema, source), (value) => inspecWaivers(value, source, diagnostics))
    : take(checkSchema(WaiversSchema, source), (value) => ownWaivers(value, source, diagnostics));
}

function nameClashes(waivers: readonly Waiver[]): readonly Diagnostic[] {
  const first = new Map<string, Waiver>();
  return waivers.flatMap((waiver): readonly Diagnostic[] => {
    const other = first.get(waiver.id);
    first.set(waiver.id, other ?? waiver);
    if (other === undefined) return [];
    const { file, line } = other.definedAt;
    const at = { ...waiver.definedAt, column: 1 };
    return [
      {
        code: 'waiver/duplicate',
        severity: 'error',
        message: `there are two waivers ${clean(waiver.id, 80)}`,
        at,
        help: `the other one stands in ${clean(file)} at line ${line}; give each a name of its own`,
      },
    ];
  });
}

/** Every waiver of every file, in their order; all mistakes of all files at once. */
export function loadWaivers(files: readonly WaiverFile[]): Loaded<readonly Waiver[]> {
  const diagnostics: Diagnostic[] = [];
  const waivers = files.flatMap(({ file, text }) => {
    const yaml = readYaml(text, file);
    append(diagnostics, yaml.diagnostics);
    return yaml.value === undefined ? [] : waiversOf(yaml.value, diagnostics);
  });
  append(diagnostics, nameClashes(waivers));
  return { value: diagnostics.length > 0 ? undefined : waivers, diagnostics };
}
