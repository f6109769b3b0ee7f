/**
 * Records one planned run into a history that is there, and kills itself, as the kernel would, before the Nth statement
 * that it then sends to SQLite. Where there are fewer it says how many there were.
 */
import { openHistory } from '../../../src/history/database/open-history.js';
import { sqliteOf, type OpenSqlite } from '../../../src/history/database/sqlite-binding.js';
import { recordRun } from '../../../src/history/record-run.js';
import { DECIDED, fewHosts } from './few-hosts.js';

const [file = '', at = '0'] = process.argv.slice(2);
let sent = 0;
let isRecording = false;

function counted<T>(work: (parameters: readonly unknown[]) => T): (parameters: readonly unknown[]) => T {
  return (parameters) => {
    if (isRecording) sent += 1;
    if (isRecording && sent === Number(at)) process.kill(process.pid, 'SIGKILL');
    return work(parameters);
  };
}

const sqlite = sqliteOf();
if (sqlite === undefined) throw new Error('there is no SQLite for this Node');
const counting: OpenSqlite = (name) => {
  const database = sqlite(name);
  if (name === ':memory:') return database;
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      return {
        reader: statement.reader,
        all: counted((parameters) => statement.all(parameters)),
        run: counted((parameters) => statement.run(parameters)),
        iterate: counted((parameters) => statement.iterate(parameters)),
      };
    },
  };
};

const { value: history, diagnostics } = await openHistory(file, { create: false, sqlite: counting });
if (history === undefined) throw new Error(JSON.stringify(diagnostics));
isRecording = true;
const { kind } = await recordRun(history.db, fewHosts(1, DECIDED));
console.log(`${kind} ${sent}`);
await history.close();
