import type { Diff, DiffFormat } from '../../model/diff.js';
import { safeJson } from '../../text/safe-json.js';

/** The whole comparison, one document (schemas/diff.schema.json), a line a changed verdict. */
export const diffJson: DiffFormat = {
  id: 'json',
  title: 'the whole comparison, one JSON document',
  *render(diff: Diff) {
    const { report, rows, old, from, newHosts, goneHosts, silentHosts, answeringHosts, profiles, severities } = diff;
    const { header, summary } = report;
    const { newRules, goneRules } = header.baseline ?? { newRules: [], goneRules: [] };
    const now = { runId: header.runId, startedAt: header.startedAt, from, hosts: summary.hosts };
    const hosts = { new: newHosts, gone: goneHosts, silent: silentHosts, answering: answeringHosts };
    yield `{"kernward":${safeJson(header.kernward)},"schema":1,\n"old":${safeJson(old)},\n"new":${safeJson(now)},\n`;
    yield `"gate":${safeJson(header.gate)},\n"hosts":${safeJson(hosts)},\n"rules":${safeJson({ new: newRules, gone: goneRules })},\n`;
    yield `"profiles":${safeJson(profiles)},\n"severities":${safeJson(severities)},\n"changes":[`;
    let separator = '\n';
    for (const row of rows) {
      yield `${separator}${safeJson(row)}`;
      separator = ',\n';
    }
    yield `\n],\n"summary":${safeJson(summary)}}\n`;
  },
};
