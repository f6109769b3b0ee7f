import type { HostReport, ReportHeader, Summary } from '../model/report.js';
import { hostOfFormer, isFormer, summaryOfFormer } from './former-schema.js';
import { hostFromJson, type HostJson } from './host-json.js';
import { isMapping } from '../language/is-mapping.js';
import { compiled, missingVerdicts, own, parseJson, withoutKind } from './report-parts.js';

/** A line of a report, and where it stands for whoever reads it. */
export interface ReportLine<Place> {
  readonly text: string;
  readonly place: Place;
}

type Kind = 'header' | 'opening' | 'host' | 'last-host' | 'closing' | 'summary';
type Piece = { readonly kind: Kind; readonly value: unknown } | { readonly kind: 'foreign' };

/** How a format of kernward's own puts a report into lines. */
interface Layout {
  readonly read: (line: string) => Piece;
  readonly follows: Readonly<Record<Kind | 'start', readonly Kind[]>>;
}

const FOREIGN: Piece = { kind: 'foreign' };

/** What stands in JSON as the only member of an object, as a part of the document does. */
function onlyMember(kind: 'header' | 'summary', json: string): Piece {
  const parsed = parseJson(json);
  return parsed.ok && isMapping(parsed.value) && Object.keys(parsed.value).join() === kind
    ? { kind, value: parsed.value[kind] }
    : FOREIGN;
}

const DOCUMENT_START = '{"header":';

const DOCUMENT: Layout = {
  read: (line) => {
    if (line === '"hosts":[') return { kind: 'opening', value: undefined };
    if (line === '],') return { kind: 'closing', value: undefined };
    if (line.startsWith('"summary":')) return onlyMember('summary', `{${line}`);
    const isFollowed = line.endsWith(',');
    if (line.startsWith(DOCUMENT_START)) return isFollowed ? onlyMember('header', `${line.slice(0, -1)}}`) : FOREIGN;
    const parsed = parseJson(isFollowed ? line.slice(0, -1) : line);
    return parsed.ok ? { kind: isFollowed ? 'host' : 'last-host', value: parsed.value } : FOREIGN;
  },
  follows: {
    start: ['header'],
    header: ['opening'],
    opening: ['host', 'last-host', 'closing'],
    host: ['host', 'last-host'],
    'last-host': ['closing'],
    closing: ['summary'],
    summary: [],
  },
};

const LINES: Layout = {
  read: (line) => {
    const parsed = parseJson(line);
    const kind = parsed.ok ? own(parsed.value, 'kind') : undefined;
    return parsed.ok && isMapping(parsed.value) && (kind === 'header' || kind === 'host' || kind === 'summary')
      ? { kind, value: withoutKind(parsed.value) }
      : FOREIGN;
  },
  follows: {
    start: ['header'],
    header: ['host', 'summary'],
    host: ['host', 'summary'],
    summary: [],
    opening: [],
    'last-host': [],
    closing: [],
  },
};

function layoutOf(line: string): Layout {
  return line.startsWith(DOCUMENT_START) ? DOCUMENT : LINES;
}

function asHost(value: unknown): HostReport | undefined {
  const isHost = compiled().host;
  return isHost(value) ? hostFromJson(value) : undefined;
}

/** Enough of what was found to be a host, where the caller vouches that the bytes are the same. */
function isHostAgain(value: unknown): value is HostJson {
  return isMapping(value) && isMapping(value['readings']) && Array.isArray(value['verdicts']);
}

export interface ReportOfLines {
  readonly header: ReportHeader;
  readonly summary: Summary;
  /** A host again, from the very line that it was read from: it was checked then, and is not checked again. */
  readonly hostOf: (line: string) => HostReport;
}

/**
 * Reads a report that lies before it as the `json` or the `jsonl` format writes it, a host at a time, of which only the
 * name is kept. All that `parseAsWritten` asks of a report is asked here too.
 *
 * @param keep is given every host; while they come nobody knows yet that the report is whole
 * @returns undefined: laid out by somebody else, or not in order; `parseAsWritten` reads the one and has the words for the
 *   other
 */
export function readReportLines<Place>(
  lines: Iterable<ReportLine<Place>>,
  keep: (host: HostReport, place: Place, header: ReportHeader) => void,
): ReportOfLines | undefined {
  const schemas = compiled();
  const names = new Set<string>();
  let layout = LINES;
  let before: Kind | 'start' = 'start';
  let header: ReportHeader | undefined;
  let summary: Summary | undefined;
  let former = false;
  for (const { text, place } of lines) {
    if (before === 'start') layout = layoutOf(text);
    const piece = layout.read(text);
    if (piece.kind === 'foreign' || !layout.follows[before].includes(piece.kind)) return undefined;
    before = piece.kind;
    if (piece.kind === 'header') {
      if (!schemas.header(piece.value)) return undefined;
      header = piece.value;
      former = isFormer(header);
    } else if (piece.kind === 'summary') {
      const value = former ? summaryOfFormer(piece.value) : piece.value;
      if (!schemas.summary(value)) return undefined;
      summary = value;
    } else if (piece.kind === 'host' || piece.kind === 'last-host') {
      const host = asHost(former ? hostOfFormer(piece.value) : piece.value);
      if (
        host === undefined ||
        header === undefined ||
        names.has(host.host) ||
        missingVerdicts(host, header) !== undefined
      )
        return undefined;
      names.add(host.host);
      keep(host, place, header);
    }
  }
  if (header === undefined || summary?.hosts !== names.size) return undefined;
  const hostOf = (line: string): HostReport => {
    const piece = layout.read(line);
    const value =
      piece.kind !== 'host' && piece.kind !== 'last-host'
        ? undefined
        : former
          ? hostOfFormer(piece.value)
          : piece.value;
    if (!isHostAgain(value)) throw new Error('a line that was a host is none any more');
    return hostFromJson(value);
  };
  return { header, summary, hostOf };
}
