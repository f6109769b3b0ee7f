// Which tests need nothing but Node (`npm run test:unit`), and which files a test stands on. By what a test imports, so that
// nobody has to remember a list; only what is slow for another reason is named.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Whoever imports one of these needs a package, root, a server or a kernel. */
const NEEDS_MACHINE = [
  'account',
  'browser',
  'debian-tool',
  'kernel-packages',
  'networks',
  'real-kernel',
  'remediation/scratch-host',
  'sarif-schema',
  'shells',
  'spreadsheet',
  'sshd',
  'virtual-machine',
].map((name) => `test/support/${name}.ts`);

const SLOW = [];

export function allTests() {
  return readdirSync(join(root, 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .toSorted();
}

const imports = new Map();
/** The files of this repository that a file imports itself. */
function importsOf(file) {
  const known = imports.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)\.js'/g)].flatMap(([, path]) =>
    ['.ts', '.tsx']
      .map((end) => normalize(join(dirname(file), path + end)))
      .filter((name) => existsSync(join(root, name))),
  );
  imports.set(file, found);
  return found;
}

/** All files of this repository that a file stands on, itself among them. */
export function standsOn(file) {
  const seen = new Set();
  const waiting = [file];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...importsOf(next));
  }
  return seen;
}

export function isUnit(test) {
  if (test.startsWith(join('test', 'e2e')) || SLOW.includes(test)) return false;
  const files = standsOn(test);
  return !NEEDS_MACHINE.some((file) => files.has(file));
}
