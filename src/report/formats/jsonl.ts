import type { Format } from '../../model/report.js';
import { hostTexts } from '../host-text.js';
import { safeJson } from '../../text/safe-json.js';

function line(kind: 'header' | 'host' | 'summary', fields: object): string {
  return `${safeJson({ kind, ...fields })}\n`;
}

/**
 * The whole report, one JSON object a line: the header, each host, and last the summary, without which it was cut
 * short.
 */
export const jsonl: Format = {
  id: 'jsonl',
  title: 'the whole report, one JSON object a line: header, hosts, summary',
  extension: '.jsonl',
  isGradual: true,
  *render(report) {
    const { header, hosts } = report;
    yield line('header', header);
    for (const host of hosts) yield* hostTexts(host, '{"kind":"host",', '\n');
    yield line('summary', report.summary);
  },
};
