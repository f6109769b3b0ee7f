import { spawnSync } from 'node:child_process';

const CHANGE = `
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in json.load(sys.stdin):
    database.execute(statement).fetchall()
database.close()
`;

/**
 * Runs statements on a file of SQLite, as whoever has it in his hands can: with Python's SQLite, since that of newer Nodes
 * refuses to write to its schema.
 *
 * @throws where one of them fails
 */
export function changeDatabase(file: string, statements: readonly string[]): void {
  const { status, stderr } = spawnSync('/usr/bin/python3', ['-c', CHANGE, file], {
    input: JSON.stringify(statements),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}
