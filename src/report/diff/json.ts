import type { Diff, DiffFormat } from '../../model/diff.js';

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
    yield `{"kernward":${JSON.stringify(header.kernward)},"schema":1,\n"old":${JSON.stringify(old)},\n"new":${JSON.stringify(now)},\n`;
    yield `"gate":${JSON.stringify(header.gate)},\n"hosts":${JSON.stringify(hosts)},\n"rules":${JSON.stringify({ new: newRules, gone: goneRules })},\n`;
    yield `"profiles":${JSON.stringify(profiles)},\n"severities":${JSON.stringify(severities)},\n"changes":[`;
    let separator = '\n';
    for (const row of rows) {
      yield `${separator}${JSON.stringify(row)}`;
      separator = ',\n';
    }
    yield `\n],\n"summary":${JSON.stringify(summary)}}\n`;
  },
};
