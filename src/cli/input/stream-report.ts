import { closeSync, fstatSync, statSync } from 'node:fs';
import type { HostReport, Report, ReportHeader } from '../../model/report.js';
import { MAX_REPORT_HOSTS } from '../../report/parse-json.js';
import { readReportLines } from '../../report/report-lines.js';
import { openToRead, TooLarge } from '../../transports/read-file.js';
import { type LinePlace, lineAgain, readIndexedLines } from './indexed-lines.js';
import { reportChanged } from './report-changed.js';

/** Hosts of so much text stay as they were read, so that a report of a small fleet is read once. */
const MEMORY_BYTES = 32 * 1024 * 1024;

type HostOrPlace = { readonly host: HostReport } | { readonly place: LinePlace };

function isRegular(file: string): boolean {
  return file !== '-' && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** Another one after somebody wrote to the file. */
function stateOf(file: number): string {
  const { size, mtimeNs } = fstatSync(file, { bigint: true });
  return `${size} ${mtimeNs}`;
}

/**
 * A saved report as kernward lays it out, checked as a whole and then read a host at a time, from the file, each time its
 * hosts are walked: 10,000 hosts do not fit into one string, and need not. The file stays open as long as the process, so
 * that a report may be written over the one that it is made of; where somebody changes it in place, the walk stops.
 *
 * @param pass is given each host once, in order
 * @returns undefined: nothing that can be read so; whether it is a report, and what is wrong with it, `parseAsWritten` tells
 * @throws TooLarge where it has more hosts than there is memory for
 */
export function streamReport(
  name: string,
  pass: (host: HostReport, header: ReportHeader) => void = () => undefined,
  memoryBytes = MEMORY_BYTES,
  mostHosts = MAX_REPORT_HOSTS,
): Report | undefined {
  if (!isRegular(name)) return undefined;
  const file = openToRead(name);
  const before = stateOf(file);
  const kept: HostOrPlace[] = [];
  let bytes = 0;
  const read = readReportLines(readIndexedLines(file), (host, place, header) => {
    if (kept.length >= mostHosts) throw new TooLarge(`it has more than ${mostHosts} hosts`);
    pass(host, header);
    bytes += place.length;
    kept.push(bytes > memoryBytes ? { place } : { host });
  });
  if (stateOf(file) !== before) throw reportChanged(name);
  if (read === undefined || bytes <= memoryBytes) closeSync(file);
  if (read === undefined) return undefined;
  const { header, summary, hostOf } = read;
  const hosts: Iterable<HostReport> = {
    *[Symbol.iterator]() {
      for (const each of kept) yield 'host' in each ? each.host : hostOf(lineAgain(file, name, each.place));
    },
  };
  return { header, hosts, summary };
}
