import type { Format } from '../../model/report.js';
import { clean } from '../../text/clean.js';
import { countRanks, collectFindings, getShares } from '../findings.js';
import { groupFindings } from '../blast-radius.js';
import { sarifGroupResult, sarifInvocation, sarifResult, sarifRules } from '../sarif-run.js';
import { BREATH } from '../with-breaths.js';
import { safeJson } from '../../text/safe-json.js';

/**
 * Of more results than this GitHub shows only so many; of more than 25,000 it takes none.
 * @see https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support
 */
const MAX_RESULTS = 5_000;

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * One run for the whole fleet, a result a line. What is to be left out has to be known first, so the hosts are walked
 * twice.
 */
export const sarif: Format = {
  id: 'sarif',
  title: 'SARIF 2.1.0, for code scanning',
  extension: '.sarif',
  *render(report) {
    const { header, hosts } = report;
    const counts = yield* countRanks(hosts);
    const ofGroups = groupFindings(report.summary);
    const found = [...counts.values()].reduce((sum, each) => sum + each, ofGroups.length);
    const shownOfGroups = ofGroups.slice(0, MAX_RESULTS);
    const shares = getShares(counts, MAX_RESULTS - shownOfGroups.length);
    const rules = sarifRules(header);
    const driver = {
      name: 'kernward',
      version: clean(header.kernward),
      rules: rules.map(({ descriptor }) => descriptor),
    };
    yield `{"$schema":${safeJson(SCHEMA)},"version":"2.1.0","runs":[{\n"tool":${safeJson({ driver })},\n`;
    yield `"invocations":[${safeJson(sarifInvocation(report, found, MAX_RESULTS))}],\n"columnKind":"utf16CodeUnits",\n"results":[`;
    const indexes = new Map(rules.map(({ id }, index) => [id, index]));
    let separator = '\n';
    for (const verdict of shownOfGroups) {
      yield `${separator}${safeJson(sarifGroupResult(verdict, indexes.get(verdict.rule), header))}`;
      separator = ',\n';
    }
    for (const host of hosts) {
      yield BREATH;
      for (const finding of collectFindings(host)) {
        const share = shares.get(finding.rank) ?? 0;
        if (share === 0) continue;
        shares.set(finding.rank, share - 1);
        yield `${separator}${safeJson(sarifResult(finding, indexes.get(finding.rule), header))}`;
        separator = ',\n';
      }
    }
    yield `\n],\n"properties":${safeJson({ runId: header.runId, inventory: header.inventory })}\n}]}\n`;
  },
};
