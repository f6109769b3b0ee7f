import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import {
  createDiagnosticSink,
  right,
  wrong,
  type Diagnostic,
  type DiagnosticSink,
  type Loaded,
} from '../model/diagnostic.js';
import type { HostReport, Report } from '../model/report.js';
import { clean } from '../text/clean.js';
import { count } from '../text/count.js';
import { hostOfFormer, isFormer, SCHEMA, summaryOfFormer } from './former-schema.js';
import { hostFromJson } from './host-json.js';
import { isMapping } from '../language/is-mapping.js';
import { compiled, missingVerdicts, own, parseJson, withoutKind } from './report-parts.js';

/** One error often repeats through a file that a program wrote: the first few show what it is. */
const MAX_DIAGNOSTICS = 20;

/** After so many nobody looks for more. */
const ENOUGH_DIAGNOSTICS = 1000;
/** Ten times the largest inventory. A line more each for the header, the summary and the end. */
export const MAX_REPORT_HOSTS = 1_000_000;

/** A part of a report with where it stands: a path in a document, a line in JSON lines. */
interface Part {
  readonly what: string;
  readonly line: number;
  readonly value: unknown;
}

interface Parts {
  readonly header: Part | undefined;
  readonly hosts: readonly Part[];
  readonly summary: Part | undefined;
}

function problem(file: string, line: number, code: string, message: string, help: string): Diagnostic {
  return {
    code,
    severity: 'error',
    message: clean(message, 400),
    at: { file, line, column: 1 },
    help,
  };
}

const REWRITE = 'a report is what kernward scan -o json or -o jsonl writes; make it again from there';

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** How many characters V8 shows before what is wrong. */
const SHOWN_BEFORE = 10;

/**
 * V8 says `… at position 12 …`, or `Unexpected token 'x', ..."the text round it"... is not valid JSON`; otherwise the
 * text ended too early.
 */
function offsetOf(text: string, why: string): number {
  const position = /at position (\d+)/.exec(why)?.[1];
  if (position !== undefined) return Number(position);
  const [, token = '', before, round = ''] =
    /^Unexpected token '(.+?)', (\.{3})?"(.*?)"(?:\.{3})? is not valid JSON$/s.exec(why) ?? [];
  const at = token === '' ? -1 : text.indexOf(round);
  if (at < 0) return text.trimEnd().length;
  return before === undefined ? Math.max(at, text.indexOf(token, at)) : at + SHOWN_BEFORE;
}

function notJson(file: string, text: string, why: string, firstLine = 1): Diagnostic {
  const line = lineOf(text, offsetOf(text, why));
  return problem(file, firstLine - 1 + line, 'report/not-json', `this is not JSON: ${why}`, REWRITE);
}

function tooManyHosts(file: string): Diagnostic {
  return problem(
    file,
    1,
    'report/wrong-shape',
    `it has more than ${MAX_REPORT_HOSTS} hosts`,
    'split it: fewer hosts in one report',
  );
}

function partsOfDocument(document: unknown): Parts {
  const hosts = own(document, 'hosts');
  const header = own(document, 'header');
  const summary = own(document, 'summary');
  return {
    header: header === undefined ? undefined : { what: 'header', line: 1, value: header },
    hosts: Array.isArray(hosts)
      ? hosts.map((value: unknown, index) => ({ what: `hosts/${index}`, line: 1, value }))
      : [],
    summary: summary === undefined ? undefined : { what: 'summary', line: 1, value: summary },
  };
}

function partsOfLines(text: string, file: string, diagnostics: DiagnosticSink): Parts {
  const found: { header: Part | undefined; hosts: Part[]; summary: Part | undefined } = {
    header: undefined,
    hosts: [],
    summary: undefined,
  };
  for (const [index, source] of text.split('\n').entries()) {
    if (source.trim() === '') continue;
    if (diagnostics.all().length > ENOUGH_DIAGNOSTICS) break;
    const line = index + 1;
    const parsed = parseJson(source);
    if (!parsed.ok) {
      diagnostics.add(notJson(file, source, parsed.why, line));
      continue;
    }
    const kind = own(parsed.value, 'kind');
    const part = {
      what: `line ${line}`,
      line,
      value: isMapping(parsed.value) ? withoutKind(parsed.value) : parsed.value,
    };
    if (kind === 'header' && found.header === undefined) found.header = part;
    else if (kind === 'summary' && found.summary === undefined) found.summary = part;
    else if (kind === 'host') found.hosts.push(part);
    else
      diagnostics.add(
        problem(
          file,
          line,
          'report/wrong-shape',
          `line ${line} is not a header, a host or a summary, or is the second of its kind`,
          REWRITE,
        ),
      );
  }
  return found;
}

function inWords(errors: readonly ErrorObject[] | null | undefined): string {
  // A choice between shapes (`anyOf`) complains last of itself, and before that of each shape: its own place is enough.
  const error = errors?.find(({ keyword }) => keyword === 'anyOf') ?? errors?.[0];
  if (error === undefined) return 'has the wrong shape';
  const place = error.instancePath === '' ? '' : `${error.instancePath.slice(1)}: `;
  return error.keyword === 'anyOf'
    ? `${place}is none of the shapes that a value or reading can have`
    : `${place}${error.message ?? error.keyword}`;
}

/** What lacks a field, or is of a former shape, was likely written before there was the field; by whom, its header says. */
function helpFor(header: unknown, errors: readonly ErrorObject[] | null | undefined): string {
  const schema = own(header, 'schema');
  const isOlder = typeof schema === 'number' && schema < SCHEMA;
  const lacks = errors?.[0]?.keyword === 'required';
  if (!isOlder && !lacks) return REWRITE;
  const writer = own(header, 'kernward');
  const by =
    typeof writer === 'string'
      ? `kernward ${clean(writer, 40)}, shape ${String(schema)}`
      : 'a kernward that does not say which';
  return `it was written by ${by}${isOlder ? ', which is older than this one' : ''}: judge the readings again (kernward eval), or scan anew`;
}

function check<T>(
  { what, line, value }: Part,
  validate: ValidateFunction<T>,
  { file, header }: { readonly file: string; readonly header: unknown },
): Loaded<T> {
  return validate(value)
    ? right(value)
    : wrong([
        problem(
          file,
          line,
          'report/wrong-shape',
          `${what}: ${inWords(validate.errors)}`,
          helpFor(header, validate.errors),
        ),
      ]);
}

function inconsistencies(report: Report, hosts: readonly HostReport[]): readonly string[] {
  const names = new Set(hosts.map(({ host }) => host));
  return [
    ...(names.size === hosts.length
      ? []
      : [`${count(hosts.length - names.size, 'host stands', 'hosts stand')} in it more than once`]),
    ...(report.summary.hosts === hosts.length
      ? []
      : [`its summary counts ${count(report.summary.hosts, 'host')} and it holds ${hosts.length}`]),
    ...hosts.map((host) => missingVerdicts(host, report.header)).filter((message) => message !== undefined),
  ];
}

function capped(diagnostics: readonly Diagnostic[], file: string): readonly Diagnostic[] {
  return diagnostics.length <= MAX_DIAGNOSTICS
    ? diagnostics
    : [
        ...diagnostics.slice(0, MAX_DIAGNOSTICS),
        problem(file, 1, 'report/wrong-shape', `… and ${diagnostics.length - MAX_DIAGNOSTICS} more mistakes`, REWRITE),
      ];
}

function tooNew(header: Part | undefined): number | undefined {
  const schema = own(header?.value, 'schema');
  return typeof schema === 'number' && schema > SCHEMA ? schema : undefined;
}

/**
 * A saved report, read back: the `json` or the `jsonl` format, whichever it is. What comes back equals what was
 * written (of schema 1 in the words of this one, with the statuses of the strictest gate), or there are diagnostics: not JSON, a newer shape, a wrong shape, cut short, or in contradiction with
 * itself.
 *
 * @param file its name, for the diagnostics
 */
export function parseAsWritten(text: string, file: string): Loaded<Report> {
  const diagnostics = createDiagnosticSink();

  const withoutMark = text.startsWith('\ufeff') ? text.slice(1) : text;
  const newline = withoutMark.indexOf('\n');
  const firstLine = parseJson(newline === -1 ? withoutMark : withoutMark.slice(0, newline));
  const isLines = firstLine.ok && own(firstLine.value, 'kind') !== undefined;
  const document = isLines ? undefined : parseJson(withoutMark);
  if (document?.ok === false) {
    return wrong([notJson(file, withoutMark, document.why)]);
  }
  if (document === undefined && lineOf(withoutMark, withoutMark.length) > MAX_REPORT_HOSTS + 3)
    return wrong([tooManyHosts(file)]);
  const parts = document === undefined ? partsOfLines(withoutMark, file, diagnostics) : partsOfDocument(document.value);
  if (parts.hosts.length > MAX_REPORT_HOSTS) return wrong([tooManyHosts(file)]);

  const newer = tooNew(parts.header);
  if (newer !== undefined) {
    const help = 'read it with the kernward that wrote it, or a newer one';
    return wrong([
      problem(file, 1, 'report/too-new', `this report has shape ${newer}; this kernward knows ${SCHEMA}`, help),
    ]);
  }
  if (parts.header === undefined)
    diagnostics.add(problem(file, 1, 'report/wrong-shape', 'this has no header: it is not a report', REWRITE));
  if (parts.summary === undefined && parts.header !== undefined)
    diagnostics.add(
      problem(
        file,
        1,
        'report/cut-short',
        'this report has no summary: it was cut short, and hosts may be missing',
        REWRITE,
      ),
    );
  if (document?.ok === true && parts.header !== undefined && !Array.isArray(own(document.value, 'hosts')))
    diagnostics.add(problem(file, 1, 'report/wrong-shape', 'this report has no list of hosts', REWRITE));

  const schemas = compiled();
  const of = { file, header: parts.header?.value };
  const former = isFormer(parts.header?.value);
  const inWordsOfNow = (part: Part, translate: (value: unknown) => unknown): Part =>
    former ? { ...part, value: translate(part.value) } : part;
  const header = parts.header && diagnostics.take(check(parts.header, schemas.header, of));
  const summary =
    parts.summary && diagnostics.take(check(inWordsOfNow(parts.summary, summaryOfFormer), schemas.summary, of));
  const hosts: HostReport[] = [];
  for (const part of parts.hosts) {
    if (diagnostics.all().length > ENOUGH_DIAGNOSTICS) break;
    const host = diagnostics.take(check(inWordsOfNow(part, hostOfFormer), schemas.host, of));
    if (host !== undefined) hosts.push(hostFromJson(host));
  }
  if (header === undefined || summary === undefined || diagnostics.all().length > 0)
    return wrong(capped(diagnostics.all(), file));

  const report: Report = { header, hosts, summary };
  const contradictions = inconsistencies(report, hosts).map((message) =>
    problem(file, 1, 'report/inconsistent', message, REWRITE),
  );
  return contradictions.length > 0 ? wrong(capped(contradictions, file)) : right(report);
}
