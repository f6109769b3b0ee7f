// The types of the library: the declarations that its face leads to, and no others.
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A declaration and all that it names, as paths. */
function namedBy(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, path] of text.matchAll(/(?:from|import\() ?['"](\.[^'"]+)\.js['"]/gu))
    namedBy(join(dirname(file), `${path}.d.ts`), found);
  return found;
}

/** Puts them into dist/types. */
export function writeLibraryTypes(root) {
  const [from, to] = [join(root, 'dist', 'src'), join(root, 'dist', 'types')];
  rmSync(to, { recursive: true, force: true });
  for (const file of namedBy(join(from, 'index.d.ts'))) cpSync(file, join(to, relative(from, file)));
}
