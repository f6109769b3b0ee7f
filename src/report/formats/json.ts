import type { Format } from '../../model/report.js';
import { hostTexts } from '../host-text.js';
import { safeJson } from '../../text/safe-json.js';

/** The whole report, one document (schemas/report.schema.json), a line a host. */
export const json: Format = {
  id: 'json',
  title: 'the whole report, one JSON document',
  extension: '.json',
  isGradual: true,
  *render(report) {
    const { header, hosts } = report;
    yield `{"header":${safeJson(header)},\n"hosts":[`;
    let separator = '\n';
    for (const host of hosts) {
      yield* hostTexts(host, `${separator}{`);
      separator = ',\n';
    }
    yield `\n],\n"summary":${safeJson(report.summary)}}\n`;
  },
};
