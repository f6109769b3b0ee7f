// Test files that need nothing of their own, run together in few processes: what they all load is loaded and compiled once a
// process instead of once a file, which is more than half of the CPU of the quick ones.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Enough for a few cores to have work to the end. Each more takes the CPU of loading everything once more. */
const GROUPS = 4;

const LOAD = /^await load\("(.*)"\);$/gm;

/** The test files that a file which node runs stands for: those of a group, or itself. */
export function filesOf(path) {
  if (!/^group-\d+\.mjs$/.test(basename(path)) || !existsSync(path)) return [path];
  return [...readFileSync(path, 'utf8').matchAll(LOAD)].map(([, url]) => fileURLToPath(url));
}

/**
 * Writes the modules that load `files`, dealt out in turn, into `folder`, and gives their paths. A file that cannot be loaded
 * is a test of its name that fails, and its neighbours run.
 */
export function writeGroups(folder, files) {
  return Array.from({ length: Math.min(GROUPS, files.length) }, (_, group) => {
    const loads = files
      .filter((__, at) => at % GROUPS === group)
      .map((file) => `await load(${JSON.stringify(pathToFileURL(file).href)});\n`);
    const path = join(folder, `group-${group + 1}.mjs`);
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
