import type { Report } from '../../../src/model/report.js';
import { html } from '../../../src/report/formats/html.js';
import { HEADER, machine, unreachable } from '../../support/judged-machines.js';
import { summarise } from '../../../src/verdict/summary.js';
import { CANONICAL_REPORTS, GATE } from '../../support/report/canonical.js';
import { OPTIONS } from './fleet.js';

const hosts = [machine('db1'), machine('db2'), machine('app1'), machine('app2'), machine('web2'), unreachable()];

/** Real machines with real chains of causes, beside the canonical ones. */
export const REPORTS: Readonly<Record<string, Report>> = {
  ...CANONICAL_REPORTS,
  machines: {
    header: HEADER,
    hosts,
    summary: summarise(hosts, { gate: GATE, rules: HEADER.rules.length, tookMs: 4321 }),
  },
};

export function pageOf(report: Report): string {
  return [...html.render(report, OPTIONS)].join('');
}

/** A page without its style, its script and their digests, which stand in page.css and browser/page.ts; any other text as it is. */
export function withoutAssets(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/s, '<style>…</style>')
    .replace(/<script>.*?<\/script>/s, '<script>…</script>')
    .replaceAll(/'sha256-[^']{44}'/g, "'sha256-…'");
}
