import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from './within.js';

const TSC = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc');

const FLAGS = ['--noEmit', '--skipLibCheck', '--strict', '--module', 'nodenext', '--moduleResolution', 'nodenext'];

/**
 * What the compiler says against `values` (JSON) as values of a type: nothing where all of them are. Properties that the type
 * does not have are said as well, as those that it has and another kind of value.
 *
 * @param type how it is imported, and its name
 * @param files what else is imported, by file name
 */
export function asTyped(
  type: { readonly from: string; readonly name: string },
  values: readonly string[],
  files: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'kernward-typed-'));
  try {
    for (const [name, text] of Object.entries({
      ...files,
      'package.json': '{"type":"module"}',
      'values.ts': `import type { ${type.name} } from '${type.from}';
${values.map((value, at) => `export const value${at}: ${type.name} = ${value};\n`).join('')}`,
    }))
      writeFileSync(join(folder, name), text);
    return spawnSync(process.execPath, [TSC, ...FLAGS, 'values.ts'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: within(120_000),
    }).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
