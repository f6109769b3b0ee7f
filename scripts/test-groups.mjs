// Test files that need nothing of their own, run together in few processes: what they all load is loaded and compiled once a
// process instead of once a file, which is more than half of the CPU of the quick ones.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LOAD = /^await load\("(.*)"\);$/gm;

/** The test files that a file which node runs stands for: those of a group, or itself. */
export function filesOf(path) {
  if (!/^group-[a-z]+-\d+\.mjs$/.test(basename(path)) || !existsSync(path)) return [path];
  return [...readFileSync(path, 'utf8').matchAll(LOAD)].map(([, url]) => fileURLToPath(url));
}

/**
 * Writes the modules that load `files`, dealt out in turn over so many, into `folder`, and gives their paths. A file that cannot
 * be loaded is a test of its name that fails, and its neighbours run.
 *
 * @param kind in the names of the modules
 * @param count enough for a few cores to have work to the end; each more takes the CPU of loading everything once more
 */
export function writeGroups(folder, kind, count, files) {
  return Array.from({ length: Math.min(count, files.length) }, (_, group) => {
    const loads = files
      .filter((__, at) => at % count === group)
      .map((file) => `await load(${JSON.stringify(pathToFileURL(file).href)});\n`);
    const path = join(folder, `group-${kind}-${group + 1}.mjs`);
    writeFileSync(
      path,
      `import { test } from 'node:test';
async function load(url) {
  try {
    await import(url);
  } catch (error) {
    test(url, () => {
      throw error;
    });
  }
}
${loads.join('')}`,
    );
    return path;
  });
}
