import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOOT_AWK } from '../../src/probe/boot/boot-awk.js';
import { FACTS } from '../../src/facts/index.js';
import { DIRECTORIES, getPaths } from '../../src/probe/probe-paths.js';
import { probeBody, probeScript } from '../../src/probe/script.js';
import { PROBE_PROTOCOL } from '../../src/probe/shell.js';

const NONCE = '0123456789abcdef0123456789abcdef';
/** What the host runs: the script without comments. */
const code = probeBody().replace(/^\s*#.*$/gm, '');

function restOf(nonce: string): string {
  return probeScript(nonce).replace(/^.*\n/, '');
}

test('the first line carries protocol and nonce, the rest is always the same', () => {
  assert.ok(probeScript(NONCE).startsWith(`kw='kernward ${PROBE_PROTOCOL} ${NONCE}'\n`));
  assert.equal(restOf(NONCE), restOf('0'.repeat(32)));
  for (const wrong of ['', 'x'.repeat(32), `${NONCE}'`, NONCE.toUpperCase(), `${NONCE}\n`])
    assert.throws(() => probeScript(wrong), RangeError);
});

test('nothing runs before the last line is read', () => {
  const lines = code.trimEnd().split('\n');
  const last = 'kw_probe && echo "kw $kw_n over"';
  assert.equal(lines.at(-1), last);
  const outside: string[] = [];
  let inFunction = false;
  for (const line of lines) {
    if (/^kw_\w+\(\) \{$/.test(line)) inFunction = true;
    if (!inFunction && line !== '') outside.push(line);
    if (line === '}') inFunction = false;
  }
  assert.deepEqual(outside, ['set +aefuvxC', 'unset -f unalias 2>/dev/null', 'unalias -a 2>/dev/null', last]);
});

test('it touches nothing that blocks on mmap_sem, and nothing that writes', () => {
  for (const banned of [
    /\/(?:cmdline|environ|maps|smaps|smaps_rollup|numa_maps|exe|fd|wchan|stack|mem|task|auxv|pagemap)\b(?<!\/(?:proc|etc\/kernel)\/cmdline)/,
    /(?<![/\w])(?:ps|pgrep|pidof|pkill|top|fuser|lsof|w|who|uptime|systemctl|sudo|su)\b/,
    /\b(?:rm|mv|cp|tee|dd|touch|mkdir|mktemp|chmod|chown|sysctl -w|curl|wget|ssh|eval|source|sed -i)\b/,
    /\/proc\/(?:cpuinfo|self|kcore|sysrq-trigger)/,
    /\bprintf\b/,
    /\bcompact_memory\b/,
  ])
    assert.doesNotMatch(code.replace(/-v \w+='[^']*'/g, ''), banned);
  const redirections = [
    ...code.replace(BOOT_AWK.replace(/^\s*#.*$/gm, ''), '').matchAll(/[0-9]?>>?\s*&?[\w/$"{}-]+/g),
  ].map(([text]) => text.replace(/\s+/g, ''));
  assert.deepEqual(new Set(redirections), new Set(['2>/dev/null', '2>&1', '>&3', '3>&-', '3>&1', '>&2']));
});

test('the built-in read is not used', () => {
  assert.deepEqual(
    [...code.matchAll(/^\s*read .*$/gm)].map(([line]) => line.trim()),
    [],
  );
});

test('of every process it opens status and stat only', () => {
  assert.deepEqual(
    new Set([...code.matchAll(/\/proc\/(?:\[0-9\]|\$)\S*/g)].map(([path]) => path)),
    new Set(['/proc/[0-9]*/$1', '/proc/$kw_f*/$1', '/proc/[0-9]*/stat', '/proc/[0-9]*;']),
  );
  assert.deepEqual(
    [...code.matchAll(/^\s*kw_grep (\S*)/gm)].map(([, file]) => file),
    ['stat', 'status'],
  );
});

test('every file of every fact is asked for, and every directory that may bear witness', () => {
  for (const path of [...FACTS.flatMap(getPaths), ...DIRECTORIES]) assert.ok(code.includes(` ${path}`), path);
});

test('it is small', () => assert.ok(probeScript(NONCE).length < 32_768, `${probeScript(NONCE).length} bytes`));
