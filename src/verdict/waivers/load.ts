import type { Static } from 'typebox';
import { defined } from '../../language/defined.js';
import { createDiagnosticSink, toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { checkSchema } from '../../text/schema.js';
import { readYaml, type Path, type YamlSource } from '../../text/yaml/load.js';
import { InspecWaiversSchema, WaiversSchema } from './schema.js';
import { toUtc } from './time.js';
import type { Waiver } from './waiver.js';

export interface WaiverFile {
  readonly file: string;
  readonly text: string;
}

type Code = 'waiver/duplicate' | 'waiver/no-expiry' | 'waiver/order' | 'waiver/time';

/** The columns of InSpec's. @see https://docs.chef.io/inspec/waivers/ */
const CSV_HEAD = /^\ufeff?"?control_id"?\s*[,;\t]/i;

/** InSpec reads its waivers from CSV as well; the first of them is written here as the YAML that both read. */
function csvWaivers({ file, text }: WaiverFile): Diagnostic | undefined {
  const [head = '', first = ''] = text.split('\n', 2);
  if (!CSV_HEAD.test(head)) return undefined;
  const separator = [',', ';', '\t'].find((each) => head.includes(each)) ?? ',';
  const cells = (line: string): readonly string[] =>
    line.split(separator).map((cell) => cell.trim().replaceAll('"', ''));
  const names = cells(head).map((name) => name.toLowerCase());
  const of = (name: string, otherwise: string): string =>
    clean(cells(first)[names.indexOf(name)] ?? '', 80) || otherwise;
  return {
    code: 'waiver/csv',
    severity: 'error',
    message: "these are waivers of InSpec as a table (CSV), and kernward reads InSpec's in YAML",
    at: { file, line: 1, column: 1 },
    help: `write each row as ${of('control_id', 'CONTROL')}: { expiration_date: ${of('expiration_date', '2026-12-31')}, justification: ${JSON.stringify(of('justification', 'why'))} }`,
  };
}

function problem(code: Code, source: YamlSource, path: Path, message: string, help: string): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    ...source.placeOf(path),
    help,
  };
}

function validateMoment(text: string, source: YamlSource, path: Path): readonly Diagnostic[] {
  if (toUtc(text) !== undefined) return [];
  return [
    problem(
      'waiver/time',
      source,
      path,
      `${clean(text, 80)} is no day and no time in UTC`,
      'write 2026-12-31, which is its first moment, or 2026-12-31T18:00:00Z',
    ),
  ];
}

/** The moment in UTC; empty where it is none, which validateMoment reports. */
function toMoment(text: string | undefined): string {
  return (text === undefined ? undefined : toUtc(text)) ?? '';
}

function placeOf(source: YamlSource, path: Path): Waiver['definedAt'] {
  return {
    file: source.file,
    line: source.positionOf(path, 'key').line,
  };
}

type OwnWaivers = Static<typeof WaiversSchema>['waivers'];

function validateOwn(waivers: OwnWaivers, source: YamlSource): readonly Diagnostic[] {
  return waivers.flatMap(({ id, starts, expires }, index): readonly Diagnostic[] => {
    const path = ['waivers', index];
    const from = toMoment(starts);
    const to = toMoment(expires);
    return [
      ...(starts === undefined ? [] : validateMoment(starts, source, [...path, 'starts'])),
      ...validateMoment(expires, source, [...path, 'expires']),
      ...(from !== '' && to !== '' && from >= to
        ? [
            problem(
              'waiver/order',
              source,
              [...path, 'expires'],
              `${clean(id, 80)} expires before it starts`,
              'it holds from starts on, and at expires not any more',
            ),
          ]
        : []),
    ];
  });
}

function ownWaivers(waivers: OwnWaivers, source: YamlSource): readonly Waiver[] {
  return waivers.map(({ starts, expires, ...written }, index) => ({
    ...written,
    ...defined({ starts: starts === undefined ? undefined : toMoment(starts) }),
    expires: toMoment(expires),
    definedAt: placeOf(source, ['waivers', index]),
  }));
}

type InspecControls = Static<typeof InspecWaiversSchema>;

function validateInspec(controls: InspecControls, source: YamlSource): readonly Diagnostic[] {
  return Object.entries(controls).flatMap(([rule, { expiration_date: expires }]) =>
    expires === undefined
      ? [
          problem(
            'waiver/no-expiry',
            source,
            [rule],
            `the waiver of ${clean(rule, 80)} never expires`,
            'InSpec takes it for permanent; here every waiver ends: add an expiration_date',
          ),
        ]
      : validateMoment(expires, source, [rule, 'expiration_date']),
  );
}

/** A control of InSpec is a rule here, and a waiver of it holds on every host: its file names none. */
function inspecWaivers(controls: InspecControls, source: YamlSource): readonly Waiver[] {
  return Object.entries(controls).map(([rule, { expiration_date: expires, justification }]) => ({
    id: rule,
    rule,
    hosts: 'all',
    justification,
    expires: toMoment(expires),
    definedAt: placeOf(source, [rule]),
  }));
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

/** Every waiver of every file, in their order; everything that is wrong with all files at once. */
export function loadWaivers(files: readonly WaiverFile[]): Loaded<readonly Waiver[]> {
  const diagnostics = createDiagnosticSink();
  const waivers = files.flatMap(({ file, text }) => {
    const table = csvWaivers({ file, text });
    if (table !== undefined) {
      diagnostics.add(table);
      return [];
    }
    const source = diagnostics.take(readYaml(text, file));
    if (source === undefined) return [];
    if (isInspec(source)) {
      const controls = diagnostics.take(checkSchema(InspecWaiversSchema, source)) ?? {};
      diagnostics.addAll(validateInspec(controls, source));
      return inspecWaivers(controls, source);
    }
    const own = diagnostics.take(checkSchema(WaiversSchema, source))?.waivers ?? [];
    diagnostics.addAll(validateOwn(own, source));
    return ownWaivers(own, source);
  });
  diagnostics.addAll(nameClashes(waivers));
  return toLoaded(waivers, diagnostics.all());
}
