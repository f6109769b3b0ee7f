/**
 * Records planned runs into a history file, one after the other, and says each that is in. `--die-at N`: kills itself, as the
 * kernel would, when it is asked for the Nth host of the last run.
 */
import { CompiledQuery } from 'kysely';
import { openHistory } from '../../../src/history/database/open-history.js';
import { recordRun } from '../../../src/history/record-run.js';
import type { Report } from '../../../src/model/report.js';
import { plannedRun } from './planned-runs.js';
import { reportOf } from './reports.js';

const [file = '', from = '0', to = '0', dieAt = ''] = process.argv.slice(2);

function deadly(report: Report, at: number): Report {
  return {
    ...report,
    hosts: {
      *[Symbol.iterator]() {
        let asked = 0;
        for (const host of report.hosts) {
          asked += 1;
          if (asked === at) process.kill(process.pid, 'SIGKILL');
          yield host;
        }
      },
    },
  };
}

const opened = await openHistory(file, { create: true });
if (opened.value === undefined) throw new Error(JSON.stringify(opened.diagnostics));
const { db, close } = opened.value;
// So few pages in memory that changed ones are written before the commit, and only the journal knows what stood there.
await db.executeQuery(CompiledQuery.raw('pragma cache_size = 10'));
for (let run = Number(from); run < Number(to); run += 1) {
  const report = reportOf(plannedRun(run));
  const recorded = await recordRun(db, dieAt !== '' && run === Number(to) - 1 ? deadly(report, Number(dieAt)) : report);
  console.log(`${run} ${recorded.kind}`);
}
await close();
