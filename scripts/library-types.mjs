// The types of the library in one file: the declarations that its face leads to, and no others. What the compiler writes is
// regular enough to be put together line by line, as long as no two declarations have one name; then the build ends.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORTS = /^(?:import|export) (?<words>[^;'"]*?) from '(?<from>[^']+)';\n/gmu;
const INLINE = /import\("(?<from>\.[^"]+)"\)\./gu;
const NAME = /^(?:declare )?(?:abstract )?(?:interface|type|const|let|function|class|enum) (?<name>[\w$]+)/gmu;

/** A declaration file and all that it names, the face last. */
function namedBy(file, found = new Map()) {
  if (found.has(file)) return found;
  const text = readFileSync(file, 'utf8');
  found.set(file, text);
  for (const { groups } of [...text.matchAll(IMPORTS), ...text.matchAll(INLINE)])
    if (groups.from.startsWith('.')) namedBy(join(dirname(file), groups.from.replace(/\.js$/u, '.d.ts')), found);
  return found;
}

/** Without what only led from file to file. */
function bare(text) {
  return text
    .replaceAll(IMPORTS, '')
    .replaceAll(INLINE, '')
    .replaceAll(/^export \{\};\n/gmu, '')
    .replaceAll(/^export (?=\w)/gmu, '');
}

/** Of each package, all that any file takes of it. */
function packageImports(texts) {
  const taken = new Map();
  for (const text of texts)
    for (const { groups } of text.matchAll(IMPORTS)) {
      if (groups.from.startsWith('.')) {
        if (/ as |\*/u.test(groups.words)) throw new Error(`a type has another name: ${groups.words}`);
        continue;
      }
      const names = groups.words.replace(/^type /u, '').matchAll(/(?:type )?(?<name>[\w$]+(?: as [\w$]+)?)/gu);
      const isDefault = /^(?:type )?[\w$]+(?:,|$)/u.test(groups.words);
      const of = taken.get(groups.from) ?? new Set();
      for (const [at, { groups: each }] of [...names].entries())
        of.add(isDefault && at === 0 ? `default as ${each.name}` : each.name);
      taken.set(groups.from, of);
    }
  return taken;
}

/** Writes dist/library.d.ts. @throws where two declarations have one name */
export function writeLibraryTypes(root) {
  const face = join(root, 'dist', 'src', 'index.d.ts');
  const files = namedBy(face);
  const owners = new Map();
  const own = (name, by) => {
    const owner = owners.get(name) ?? by;
    owners.set(name, owner);
    if (owner !== by) throw new Error(`the library's types need one name each: ${name} is of ${owner} and ${by}`);
  };
  for (const [file, text] of files) for (const { groups } of bare(text).matchAll(NAME)) own(groups.name, file);
  const taken = packageImports(files.values());
  for (const [from, names] of taken) for (const name of names) own(name.split(' ').at(-1), from);
  const exported = [...files.get(face).matchAll(IMPORTS)].map(({ groups }) => `export ${groups.words};\n`);
  files.delete(face);
  const imported = [...taken].map(([from, names]) => `import type { ${[...names].join(', ')} } from '${from}';\n`);
  writeFileSync(
    join(root, 'dist', 'library.d.ts'),
    [...imported, ...[...files.values()].map(bare), ...exported].join(''),
  );
}
