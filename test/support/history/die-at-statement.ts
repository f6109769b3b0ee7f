/**
 * Records one planned run into a history that is there. Before each statement that it sends to SQLite it copies the history
 * and its journal beside it, as `FILE.N`: what whoever is killed there leaves, since the kernel keeps what was written and
 * nothing else is. With an N it kills itself before that one. At the end it says how many there were.
 */
import { copyFileSync, existsSync } from 'node:fs';
import { openHistory } from '../../../src/history/database/open-history.js';
import { sqliteOf, type OpenSqlite } from '../../../src/history/database/sqlite-binding.js';
import { recordRun } from '../../../src/history/record-run.js';
import { DECIDED, fewHosts } from './few-hosts.js';

const [file = '', at = '0'] = process.argv.slice(2);
let sent = 0;
let isRecording = false;

function copyAside(): void {
  for (const suffix of ['', '-journal', '-wal'])
    if (existsSync(`${file}${suffix}`)) copyFileSync(`${file}${suffix}`, `${file}.${sent}${suffix}`);
}

function counted<T>(work: (parameters: readonly unknown[]) => T): (parameters: readonly unknown[]) => T {
  return (parameters) => {
    if (isRecording) {
      sent += 1;
      if (sent === Number(at)) process.kill(process.pid, 'SIGKILL');
      if (at === '0') copyAside();
    }
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
