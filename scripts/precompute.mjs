// What comes out the same whenever the bundle starts is worked out when it is made: the values of our schemas, which TypeBox
// would put together, the code that checks an inventory, which ajv would compile, and texts of ours
// that take long to make.
import { execFile } from 'node:child_process';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';

/** Compiled when kernward is built: what nearly every run checks. The others are so much code that loading it would cost more. */
export const BUILT = [{ file: 'inventory/native/schema.js', name: 'InventorySchema' }];

function isPlain(value) {
  return typeof value !== 'function' && JSON.stringify(value) !== undefined;
}

const ONE_SCHEMA = new Set(['items', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else', 'contains']);
const SCHEMAS_BY_NAME = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);
const LISTS_OF_SCHEMAS = new Set(['anyOf', 'allOf', 'oneOf', 'prefixItems']);

/** The schema with another in place of each that stands right in it. */
function withParts(schema, change) {
  if (typeof schema !== 'object') return schema;
  const changed = (key, value) => {
    if (ONE_SCHEMA.has(key)) return change(value);
    if (LISTS_OF_SCHEMAS.has(key)) return value.map(change);
    if (!SCHEMAS_BY_NAME.has(key)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part)]));
  };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, changed(key, value)]));
}

/** For shorter ones a function of their own is more code than they are. */
const SHORT = 80;

/** What says yes and no to the same as the schema: without what only people read, and what it says more than once said once. */
function smallSchema(schema) {
  const withoutWords = (part) => {
    const { description: _, title: __, ...rest } = part;
    return typeof part === 'object' ? withParts(rest, withoutWords) : part;
  };
  const times = new Map();
  const count = (part) => {
    const text = JSON.stringify(part);
    times.set(text, (times.get(text) ?? 0) + 1);
    withParts(part, count);
    return part;
  };
  const defined = new Map();
  const withReferences = (part) => {
    const text = JSON.stringify(part);
    if (text.length < SHORT || times.get(text) === 1) return withParts(part, withReferences);
    if (!defined.has(text)) {
      const small = withParts(part, withReferences);
      defined.set(text, { name: `part${defined.size}`, part: small });
    }
    return { $ref: `#/$defs/${defined.get(text).name}` };
  };
  const small = withoutWords(JSON.parse(JSON.stringify(schema)));
  count(small);
  const whole = withParts(small, withReferences);
  const parts = Object.fromEntries([...defined.values()].map(({ name, part }) => [name, part]));
  return { ...whole, $defs: { ...whole.$defs, ...parts } };
}

/**
 * The code of a module that exports a function which says whether a value fits the schema. It has a third of its size, and
 * of its functions those are compiled that are called.
 */
export async function validatorCode(schema, checks) {
  const ajv = new Ajv2020({ ...checks, inlineRefs: false, code: { source: true, esm: true } });
  const code = standalone.default(ajv, ajv.compile(smallSchema(schema)));
  return (await transform(code, { minifyIdentifiers: true })).code;
}

function load(file) {
  return import(pathToFileURL(file).href);
}

/** Of `BUILT_TEXTS`, by name: the module that makes it, and how it is asked. */
const TEXTS = {
  collectorDigest: { from: 'run/header.js', ask: 'module.probeDigest()' },
  probeBody: { from: 'probe/script.js', ask: "module.probeScript('0'.repeat(32)).replace(/^.*\\n/, '')" },
};

/** Asked in a process of its own: who watches sources bundles more than once, and a module is loaded once. */
async function textOf(source, { from, ask }) {
  const file = JSON.stringify(pathToFileURL(join(source, from)).href);
  const code = `import * as module from ${file}; process.stdout.write(${ask});`;
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])).stdout;
}

async function builtTexts(source, names) {
  const entries = names.map(async (name) => [name, await textOf(source, TEXTS[name])]);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * For esbuild: modules named `…schema.js` become the values that they export, where all of them are plain. Of a value TypeBox
 * does not know any more what was optional: what is made of parts of a schema has to be such a module too.
 *
 * @param texts which of `BUILT_TEXTS` are put in
 */
export const precomputed = (texts = Object.keys(TEXTS)) => ({
  name: 'precomputed',
  setup(build) {
    const source = join(build.initialOptions.absWorkingDir, 'dist', 'src');
    build.onLoad({ filter: /schema\.js$/ }, async ({ path }) => {
      const file = relative(source, path).replaceAll(sep, '/');
      // Where schemas are read and checked, and what is somebody else's.
      if (file.startsWith('..') || file === 'text/schema.js') return undefined;
      const exports = Object.entries(await load(path));
      if (!exports.every(([, value]) => isPlain(value))) return undefined;
      const values = exports.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
      const built = BUILT.filter((one) => one.file === file).map(
        ({ name }) =>
          `import validate${name} from 'validator:${file}:${name}';\nBUILT_VALIDATORS.set(${name}, validate${name});`,
      );
      const registry = JSON.stringify(join(source, 'text', 'built-validators.js'));
      const head = built.length === 0 ? [] : [`import { BUILT_VALIDATORS } from ${registry};`];
      return { contents: [...head, ...values, ...built].join('\n') };
    });
    build.onLoad({ filter: /built-texts\.js$/ }, async ({ path }) =>
      path === join(source, 'text', 'built-texts.js')
        ? { contents: `export const BUILT_TEXTS = ${JSON.stringify(await builtTexts(source, texts))};` }
        : undefined,
    );
    build.onResolve({ filter: /^validator:/ }, ({ path }) => ({ path, namespace: 'validator' }));
    build.onLoad({ filter: /.*/, namespace: 'validator' }, async ({ path }) => {
      const [, file, name] = path.split(':');
      const { QUICK_CHECKS } = await load(join(source, 'text', 'built-validators.js'));
      return {
        contents: await validatorCode((await load(join(source, file)))[name], QUICK_CHECKS),
        resolveDir: build.initialOptions.absWorkingDir,
      };
    });
  },
});
