// The single executable: a Node.js, and in it the command with all its programs and the files that come with kernward.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { inject } from 'postject';
import { executableBundle } from '../bundle.mjs';
import { nodePackage } from './node-binary.mjs';
import { run } from './run.mjs';

/** What Node looks for, in a binary of its own. @see https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Its first file: the rest is compressed, 3.4 MB to 0.6. */
const FIRST = `'use strict';
const code = require('node:zlib').brotliDecompressSync(new Uint8Array(require('node:sea').getRawAsset('kernward.cjs'))).toString();
require('node:vm').compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: 'kernward.cjs' })
  .call(exports, exports, require, module, __filename, __dirname);
`;

function filesBelow(root, folder, end) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`);
}

/** What kernward reads of itself while it runs. */
function filesOf(root) {
  return [
    'package.json',
    'dist/commit',
    'dist/checked-values.json',
    ...filesBelow(root, 'policies', '.yaml'),
    ...filesBelow(root, 'policies/hosts', '.probe'),
  ]
    .filter((path) => existsSync(join(root, path)))
    .toSorted((a, b) => (a < b ? -1 : 1));
}

function compressed(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
}

/** Its assets, compressed, each in a file of `folder`. The files of kernward are one, which is half of what they are apart. */
async function writeAssets(root, folder) {
  const { outputFiles } = await build(executableBundle(root));
  // Byte by byte: a recording need not be UTF-8.
  const files = filesOf(root).map((path) => [path, readFileSync(join(root, path), 'latin1')]);
  const contents = new Map([
    ['kernward.cjs', compressed(outputFiles[0].contents)],
    ['files', compressed(Buffer.from(JSON.stringify(Object.fromEntries(files))))],
  ]);
  return Object.fromEntries(
    [...contents].map(([name, bytes], index) => {
      const file = `asset-${index}`;
      writeFileSync(join(folder, file), bytes);
      return [name, file];
    }),
  );
}

/** Makes the executables for some processors, into files that are named. Needs Linux on one of them, and eu-strip. */
export async function makeExecutables(root, targets) {
  const here = nodePackage(root, process.arch);
  const folder = mkdtempSync(join(tmpdir(), 'kernward-executable-'));
  try {
    const assets = await writeAssets(root, folder);
    writeFileSync(join(folder, 'first.cjs'), FIRST);
    writeFileSync(
      join(folder, 'sea.json'),
      JSON.stringify({
        // Not by its whole path, which would stand in the executable.
        main: 'first.cjs',
        output: 'blob',
        disableExperimentalSEAWarning: true,
        // It would be of one processor, and of one build of V8.
        useCodeCache: false,
        useSnapshot: false,
        assets,
      }),
    );
    run(join(here, 'bin', 'node'), ['--experimental-sea-config', 'sea.json'], { cwd: folder });
    const blob = readFileSync(join(folder, 'blob'));
    for (const { architecture, file } of targets) {
      mkdirSync(join(file, '..'), { recursive: true });
      copyFileSync(join(nodePackage(root, architecture), 'bin', 'node'), file);
      chmodSync(file, 0o755);
      // 18 MB of names, which only a debugger of Node itself reads; of whatever processor, which strip(1) is not.
      run('eu-strip', [file]);
      await quietly(() => inject(file, 'NODE_SEA_BLOB', blob, { sentinelFuse: FUSE }));
      if (statSync(file).size >= 110_000_000) throw new Error(`${file} has ${statSync(file).size} bytes`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** LIEF, in postject, complains on standard error of names of sections that were stripped. */
async function quietly(work) {
  const { warn, error, log } = console;
  Object.assign(console, { warn() {}, error() {}, log() {} });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, error, log });
  }
}
