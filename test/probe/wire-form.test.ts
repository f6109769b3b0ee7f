import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { packagesBody, packagesPieces } from '../../src/probe/packages-script.js';
import { probeBody, probeScript } from '../../src/probe/script.js';
import { becomeBody, becomeScript } from '../../src/probe/sudo-script.js';
import { smallAwk, wireForm } from '../../src/probe/wire-form.js';
import { declare } from '../support/declared.js';
import { NONCE } from '../support/run-probe.js';
import { still } from '../support/still.js';
import { couldNotTest, shellsHere } from '../support/shells.js';
import { within } from '../support/within.js';

const { shells, missing } = shellsHere();
for (const { name } of missing) couldNotTest(`the form that is sent under ${name}, which is not installed`);

const NONCE_LINE = /^kw=.*\n/;
/** Its first line says what it is. */
const HEAD = /^# kernward.*\n/.exec(wireForm(''))?.[0] ?? '?';

const DECLARED = declare({
  'sysctl.vm.swappiness': { type: 'int' },
  'sysctl.kernel.kw_c': { type: 'string' },
  'sysctl.forwarding': { type: 'map', path: '/proc/sys/net/ipv4/conf/*/forwarding' },
  'file.kw_c': { type: 'list', path: '/etc/kw_c/*' },
  'cmdline.kw_c': { type: 'string' },
});

/** The script as it is sent, and as people read it. */
const SCRIPTS: readonly { readonly what: string; readonly sent: string; readonly readable: string }[] = [
  ['the probe', probeScript(NONCE), probeBody()] as const,
  ['the probe with declared facts', probeScript(NONCE, DECLARED), probeBody(DECLARED)] as const,
  ['the second look', packagesPieces(NONCE, []).join(''), packagesBody()] as const,
  ['the one sudo', becomeScript(NONCE), becomeBody()] as const,
].map(([what, sent, body]) => ({ what, sent, readable: `${sent.slice(0, sent.indexOf('\n') + 1)}${body}` }));

function run(
  argv: readonly string[],
  input: string,
  more: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly output: string } {
  const [command = 'sh', ...args] = argv;
  const { status, stdout, stderr } = spawnSync(command, args, {
    input,
    timeout: within(60_000),
    maxBuffer: 4 << 20,
    env: { PATH: process.env['PATH'], HOME: '/', ...more },
  });
  // A complaint names its line, which is another, and the function.
  const output = `${stdout.toString()}\n--- complained\n${stderr.toString()}`;
  return { status, output: output.replace(/\bline \d+: |(?<=^\w+: )\d+: |\bk(?:w_)?\w+: /gm, '') };
}

/** The first lines that the other has not at their place. */
function differ(of?: readonly string[], from?: readonly string[]): unknown {
  return of?.filter((line, index) => line !== from?.[index]).slice(0, 5);
}

for (const { name, argv } of shells)
  test(`${name}: what is sent answers as what people read`, () => {
    for (const { what, sent, readable } of SCRIPTS) {
      const [small, large] = [run(argv, sent), run(argv, readable)];
      assert.ok(large.output.includes(` begin `), what);
      const [lines, others] = [still(small.output), still(large.output)].map((output) => output.split('\n'));
      assert.deepEqual([small.status, differ(lines, others)], [large.status, differ(others, lines)], what);
      assert.equal(lines?.length, others?.length, what);
    }
  });

test('no variable of whoever logs in changes an answer, whatever it is called', { skip: shells.length === 0 }, () => {
  const [{ argv } = assert.fail()] = shells;
  for (const { what, sent, readable } of SCRIPTS)
    for (const script of [sent, readable]) {
      const names = [...new Set(script.match(/\bkw?_?[0-9a-z]\w*\b/gu))];
      assert.ok(names.length > 5, what);
      const strange = Object.fromEntries(names.map((name) => [name, `/ * "'$(id)`]));
      const [before, after] = [run(argv, script), run(argv, script, strange)].map(({ output }) => still(output));
      assert.deepEqual(differ(after?.split('\n'), before?.split('\n')), [], what);
      assert.equal(after?.length, before?.length, what);
    }
});

for (const { name, argv } of shells)
  test(`${name}: takes it without a word`, () => {
    const [command, ...args] = argv;
    for (const { what, sent } of SCRIPTS) {
      const { status, stderr } = spawnSync(command, [...args, '-n'], { input: sent });
      // ksh93 has opinions on how to count.
      assert.deepEqual(
        [status, stderr.toString().replace(/^ksh93: warning: .* is slower than .*\n/gm, '')],
        [0, ''],
        what,
      );
    }
  });

test('what is sent holds no comment, no indentation and no empty line, and is a fifth smaller', () => {
  for (const { what, sent, readable } of SCRIPTS) {
    assert.equal(sent.match(/^[ \t]*#|^[ \t]|^\n/gm)?.length, 1, what);
    assert.doesNotMatch(sent, /\$\{?kw_|^kw_/m, what);
    if (what !== 'the one sudo') assert.ok(sent.length < 0.83 * readable.length, `${what}: ${sent.length}`);
    assert.equal(`${NONCE_LINE.exec(sent)?.[0] ?? ''}${wireForm(sent.replace(NONCE_LINE, ''))}`, sent, what);
  }
  console.log(SCRIPTS.map(({ what, sent, readable }) => `${what} ${readable.length} → ${sent.length}`).join(', '));
});

test('nothing that is sent calls the variable of its first line anything else', () => {
  for (const { what, sent } of SCRIPTS)
    assert.doesNotMatch(
      sent.replace(NONCE_LINE, ''),
      /(?<![$\w{])kw(?:=|\(\))|\b(?:read|for|unset)\b(?: -?\w+)*? kw\b/,
      what,
    );
});

test('what is quoted, and what only looks like a name or a comment, stays', () => {
  for (const [script, small] of [
    ['  a  b # c\n\n\n  d\n', 'a b\nd\n'],
    ['a#b ${c#d} $# x;#y\n', 'a#b ${c#d} $# x;\n'],
    ['echo "a  # b" \'  c # d\'\n', 'echo "a  # b" \'  c # d\'\n'],
    ['echo "\\"  # b"\n', 'echo "\\"  # b"\n'],
    ['# it\'s "\na\n', 'a\n'],
    ['for a in \\\n  /b \\\n  /c; do d; done\n', 'for a in /b /c; do d; done\n'],
    ["a='\n  b\n\n'\n", "a='\n  b\n\n'\n"],
    ['case ${a# "# "} in\n  b) c ;;\nesac\n', 'case ${a# "# "} in\nb) c ;;\nesac\n'],
    ['echo \\#  \\ \\" x\n', 'echo \\# \\ \\" x\n'],
    ['kw_a() {\n  kw_b=1\n}\nkw_a "$kw_b-${kw_b} kw_b"\n', 'k0() {\nk1=1\n}\nk0 "$k1-${k1} kw_b"\n'],
    ["cat /etc/kw_a a-kw_a 'kw_a $kw_a' $((kw_a + 1))\n", "cat /etc/kw_a a-kw_a 'kw_a $kw_a' $((k0 + 1))\n"],
    ['$kw_a*/$1 "x-$kw_a-y" ${kw_a%%/*}\n', '$k0*/$1 "x-$k0-y" ${k0%%/*}\n'],
  ] as const)
    assert.equal(wireForm(script), `${HEAD}${small}`, script);
  assert.equal(wireForm("awk '\n  # x\n\n  { a }\n  ' b\n", ['\n  # x\n\n  { a }\n  ']), `${HEAD}awk '{a}' b\n`);
});

test('what is not followed is refused', () => {
  for (const script of [
    '$((kw_a-kw_b))\n',
    '$((kw_a+1))\n',
    '$(($kw_a-kw_b))\n',
    '$(($kw_a/kw_b))\n',
    'a ${#kw_a}\n',
    'a "${#kw_a}"\n',
    'a `kw_a`\n',
    'kw_x>f\n',
    "trap 'kw_a' EXIT\n",
    "eval 'kw_a=1'\n",
    'eval "kw_a=\\$b"\n',
    'a ${kw_a:-kw_b}\n',
    'kw_a+=b\n',
    'a "b"kw_a\n',
    "kw_a'b'\n",
  ])
    assert.throws(() => wireForm(script), RangeError, script);
  for (const script of ['cat <<END\n  a\nEND\n', 'a "$(b)"\n', 'a "`b`"\n', "a 'b\n", 'a "b\n', '${a', 'a\\\n  b\n'])
    assert.throws(() => wireForm(script), RangeError, script);
});

/** Fragments of the kind that we write, as lines; each says what it made of things. */
const WORD = fc.constantFrom('a', 'b c', '#', "it's", '  x  ', '*', '\\', '/proc/kw_v', '$', '\t', 'é', '%s', '');
const QUOTED = WORD.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`);
const DOUBLE = WORD.map((word) => `"${word.replace(/[\\"$`]/g, '\\$&')}$kw_v-\${kw_v#*[ #]}"`);
const VALUE = fc.oneof(QUOTED, DOUBLE, fc.constantFrom('$((kw_c + 1))', '${kw_v%%[!a-z]*}', '\\#', 'a#b', '$#'));
const COMMENT = fc.constantFrom('', ' # it\'s "so', '  #', '\t# kw_v=`');
const SPACE = fc.constantFrom('', ' ', '  ', '\t');
const SIMPLE = fc.oneof(
  VALUE.map((value) => `kw_v=${value}`),
  VALUE.map((value) => `echo ${value}`),
  VALUE.map((value) => `kw_say "$kw_v" ${value}`),
  fc.constant('kw_c=$((kw_c + 1))'),
  VALUE.map((value) => `test ${value} = "$kw_v" && echo yes`),
  VALUE.map((value) => `kw_v=$(echo ${value})`),
  fc.array(VALUE, { maxLength: 3 }).map((values) => `set -- ${values.join(' \\\n      ')}`),
  fc
    .array(VALUE, { maxLength: 3 })
    .map((values) => `for kw_w in${['', ...values].join(' \\\n  ')}; do kw_say "$kw_w"; done`),
  VALUE.map(
    (value) =>
      `kw_v="\${kw_v}line\n  # no comment ${value.startsWith("'") ? value.slice(1, -1).replace(/[\\"$`]/g, '') : ''}\n\n"`,
  ),
  VALUE.map(
    (value) =>
      `awk -v a=${value.startsWith("'") ? value : 'x'} 'BEGIN {\n    # not told\n\n    print a "  # b"\n  }' </dev/null`,
  ),
);
const BLOCK = fc.letrec<{ line: string; block: string }>((tie) => ({
  line: fc.tuple(SPACE, SIMPLE, COMMENT).map(([space, text, comment]) => `${space}${text}${comment}`),
  block: fc.oneof(
    { depthSize: 'small' },
    tie('line'),
    fc
      .tuple(VALUE, fc.array(tie('block'), { minLength: 1, maxLength: 3 }), COMMENT)
      .map(([value, lines, comment]) => `if test ${value} = a; then${comment}\n  ${lines.join('\n  ')}\n  fi`),
    fc
      .tuple(VALUE, fc.array(tie('block'), { minLength: 1, maxLength: 2 }))
      .map(([value, lines]) => `  case ${value} in\n    *[!a#]* | '') ${lines.join('\n')}\n    ;;\n  esac`),
    fc
      .tuple(fc.array(tie('block'), { minLength: 1, maxLength: 2 }))
      .map(([lines]) => `{\n  ${lines.join('\n\n')}\n  } 2>&1`),
  ),
})).block;
const FRAGMENT = fc.array(BLOCK, { minLength: 1, maxLength: 6 });

const SMALL_AWK = '\n    # not told\n\n    print a "  # b"\n  ';

test('any such fragment does in its small form what it does', { skip: shells.length === 0 }, () => {
  const first = shells.filter(({ name }) => ['dash', 'bash', 'busybox ash'].includes(name));
  fc.assert(
    fc.property(fc.array(FRAGMENT, { minLength: 8, maxLength: 8 }), (fragments) => {
      const script = `kw_say() {\n  echo "$# $*"\n}\n${fragments
        .map(
          (lines, index) =>
            `# ${index}\nkw_v=v kw_c=0\nset -- 1 '2 3'\n${lines.join('\n')}\necho "${index}: $kw_v $kw_c"\n`,
        )
        .join('')}`;
      const small = wireForm(script, [`BEGIN {${SMALL_AWK}}`]);
      assert.ok(small.length - HEAD.length < script.length);
      for (const { name, argv } of first)
        assert.deepEqual(run(argv, small), run(argv, script), `${name}\n${script}\n${small}`);
    }),
    { numRuns: 12 },
  );
});

test('a program of awk keeps the blanks that part something', () => {
  for (const [program, small] of [
    ['  # why\n\n  a = b  " c  d" (e)', 'a=b" c  d"(e)'],
    ['name = name (f ? 1 : 2)', 'name=name (f?1:2)'],
    ['if (x ~ /a  "b/) print "x" y', 'if (x~/a  "b/)print"x"y'],
    ['a = b - -c + +d; e++ + f', 'a=b- -c+ +d;e++ +f'],
    ['while (1 == (getline text < "/a b")) n++', 'while (1==(getline text<"/a b"))n++'],
  ] as const)
    assert.equal(smallAwk(program), small);
  for (const program of ['a = b / c', 'print "a']) assert.throws(() => smallAwk(program), RangeError);
});
