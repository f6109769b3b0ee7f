import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '../../src/policy/cel/expression.js';
import { createEnvironment } from '../../src/policy/cel/environment.js';
import { supportFacts } from '../../src/kernel/support/facts.js';
import { FACTS } from '../support/policies.js';

const ENVIRONMENT = createEnvironment([...FACTS, ...supportFacts([])]);

/** Expression with the caret's place in « », code, a part of the message, a part of the help. */
const MISTAKES: readonly (readonly [marked: string, code: string, message: RegExp, help?: RegExp])[] = [
  [
    '«sysctl.kernel.panik» == 1',
    'policy/unknown-fact',
    /no fact called sysctl\.kernel\.panik/,
    /did you mean sysctl\.kernel\.panic\?/,
  ],
  [
    '«hung_task_panic» == 1',
    'policy/unknown-fact',
    /no fact called hung_task_panic/,
    /did you mean sysctl\.kernel\.hung_task_panic\?/,
  ],
  ['«sysctl.kernel» == 1', 'policy/unknown-fact', /is a group of facts/, /name one of them: sysctl\.kernel\./],
  ['«sysctl» == sysctl', 'policy/unknown-fact', /is a group of facts/],
  ['«sysctl["kernel"]».panic == 1', 'policy/not-supported', /named with dots/],
  ['«sysctl.kernel.panic.on_oops» == 1', 'policy/unknown-fact', /sysctl\.kernel\.panic is an int and has no on_oops/],
  ['thp.enabled != «always»', 'policy/unknown-fact', /no fact called always/, /in quotes: "always"/],
  ['has(«thp.enabeld»)', 'policy/unknown-fact', /no fact called thp\.enabeld/, /did you mean thp\.enabled\?/],
  ['«has(cmdline)»', 'policy/wrong-type', /has\(\) takes one fact/],
  ['«has(cmdline["panic"])»', 'policy/wrong-type', /has\(\) takes one fact/],
  ['os.id_like.exists(x, «y» == "a")', 'policy/unknown-fact', /no fact called y/],
  ['«constructor» == 1', 'policy/unknown-fact', /no fact called constructor/],
  ['«__proto__» == 1', 'policy/syntax', /__proto__ is a reserved word/],
  [
    '«sysctl.kernel.panic == "5"»',
    'policy/wrong-type',
    /int == string is not possible/,
    /sysctl\.kernel\.panic is an int \(s\)/,
  ],
  ['«sysctl.kernel.panic == true»', 'policy/wrong-type', /int == bool is not possible/],
  ['«kexec.crash_loaded == 1»', 'policy/wrong-type', /bool == int/, /kexec\.crash_loaded is a bool/],
  ['«sysctl.kernel.panic»', 'policy/wrong-type', /a condition must be true or false, and this is int/, /is an int/],
  ['«os.id»', 'policy/wrong-type', /and this is string/],
  ['«sysctl.kernel.panic && true»', 'policy/wrong-type', /join conditions \(bool\), and this is int/],
  ['«sysctl.kernel.panic» ? true : false', 'policy/wrong-type', /before \? must be a condition/],
  ['«true ? 1 : "a"»', 'policy/wrong-type', /same type/],
  ['«!sysctl.kernel.panic»', 'policy/wrong-type', /!int is not possible/],
  ['os.id_like.exists(x, «x == 5»)', 'policy/wrong-type', /string == int/],
  ['os.id_like.all(x, «size(x)»)', 'policy/wrong-type', /must be a condition/],
  ['«"a".constructor»', 'policy/wrong-type', /cannot index type 'string'/],
  ['«frob»(1) == 2', 'policy/unknown-function', /no function called frob/],
  ['os.id.«startWith»("a")', 'policy/unknown-function', /no function called startWith/, /did you mean startsWith\?/],
  ['os.id.«matches»("a+")', 'policy/unknown-function', /no function called matches/, /rematch\(text, "pattern"\)/],
  ['«dyn»(os.id) == 1', 'policy/unknown-function', /no function called dyn/],
  ['«type»(os.id) == string', 'policy/unknown-function', /no function called type/],
  ['cel.«bind»(x, 1, x == 1)', 'policy/unknown-function', /no function called bind/],
  ['«os.id.contains()»', 'policy/wrong-type', /not called like this/, /text\.contains\("part"\)/],
  ['«contains(os.id, "a")»', 'policy/wrong-type', /not called like this/],
  ['«os.id.contains(1)»', 'policy/wrong-type', /string\.contains\(int\) is not possible/],
  ['rematch(os.id, «"("»)', 'policy/bad-pattern', /missing closing/, /RE2/],
  ['rematch(os.id, «"(?=a)"»)', 'policy/bad-pattern', /invalid or unsupported/],
  ['rematch(os.id, «os.id»)', 'policy/not-supported', /must be a text in quotes/],
  ['«rematch(os.id)»', 'policy/wrong-type', /takes a text and a pattern/],
  ['thp.enabled == «"allways"»', 'policy/unknown-value', /thp\.enabled is never "allways"/, /did you mean "always"\?/],
  ['«"maybe"» != thp.enabled', 'policy/unknown-value', /is never "maybe"/, /"always", "madvise", "never"/],
  ['thp.enabled in ["never", «"madvice"»]', 'policy/unknown-value', /is never "madvice"/, /did you mean "madvise"\?/],
  ['«os.version_id >= "9"»', 'policy/text-order', /text by text/, /versionAtLeast\(os\.version_id, "9", "rpm"\)/],
  ['«uname.release >= "5.10.0-10"»', 'policy/text-order', /"10" comes before "9"/, /versionAtLeast\(uname\.release, /],
  ['«os.version_id >= "2026-01-01"»', 'policy/text-order', /text by text/],
  [
    '«support.kernel_ends >= "2027"»',
    'policy/text-order',
    /text by text/,
    /as "2027-01-31", or ask support\.kernel_days_left >= 0/,
  ],
  [
    '«"next year" > support.os_ends»',
    'policy/text-order',
    /text by text/,
    /as "2027-01-31", or ask support\.os_days_left >= 0/,
  ],
  ['«support.os_extended_ends < os.id»', 'policy/text-order', /text by text/, /support\.os_extended_days_left >= 0/],
  ['«"9" < os.version_id»', 'policy/text-order', /text by text/, /versionAtLeast\(/],
  ['«cmdline.panic > "5"»', 'policy/text-order', /text by text/, /int\(cmdline\.panic\)/],
  ['«os.id + "x" <= os.id»', 'policy/text-order', /text by text/],
  ['«thp.enabled < "never"»', 'policy/text-order', /text by text/],
  ['os.id_like.exists(x, «x > "a"»)', 'policy/text-order', /text by text/],
  ['thp.sizes.exists(s, «thp.sizes[s] > "a"»)', 'policy/text-order', /text by text/],
  ['os.id_like.map(x, size(x)).exists(n, «string(n) > "1"»)', 'policy/text-order', /text by text/],
  ['os.id.split(".").filter(x, «x.trim() < "1"»).size() == 1', 'policy/text-order', /text by text/],
  ['«os.id.split(".")[0] < "1"»', 'policy/text-order', /text by text/],
  ['(«hung_task.reboots ? os.id : "a") < "b"»', 'policy/text-order', /text by text/],
  ['[os.id].map(x, [x]).exists(l, «l[0] < "b"»)', 'policy/text-order', /text by text/],
  [
    'versionAtLeast(os.version_id, «"nine"», "rpm")',
    'policy/bad-version',
    /"nine" is no version/,
    /begins with a digit/,
  ],
  ['versionAtLeast(uname.release, «"5.10.0-10-amd64"», "upstream")', 'policy/bad-version', /is no version/],
  [
    'versionAtLeast(os.version_id, "9", «"semver"»)',
    'policy/bad-version',
    /no scheme called "semver"/,
    /"dpkg", "rpm", "upstream"/,
  ],
  ['versionAtLeast(os.version_id, "9", «os.id»)', 'policy/bad-version', /written out/],
  ['«versionAtLeast(os.version_id, 9, "rpm")»', 'policy/wrong-type', /int/],
  [
    '«versionAtLeast(os.version_id, "9")»',
    'policy/wrong-type',
    /not called like this/,
    /versionAtLeast\(text, "version", "rpm"\)/,
  ],
  ['«null» == os.id', 'policy/not-supported', /no null/, /has\(fact\)/],
  ['sysctl.kernel.panic > «1.5»', 'policy/not-supported', /fraction/],
  ['sysctl.kernel.panic > «1u»', 'policy/not-supported', /cannot be written here/],
  ['sysctl.kernel.panic > «99999999999999999999»', 'policy/not-supported', /64 bits/],
  ['{«»"a": 1} == cmdline', 'policy/too-large', /a map cannot be written/],
  ['sysctl.kernel.panic «=» 5', 'policy/syntax', /not expected here/, /write ==/],
  ['sysctl.kernel.panic == 5 «and» kexec.crash_loaded', 'policy/syntax', /not expected/, /write &&/],
  ['not «kexec».crash_loaded', 'policy/syntax', /not expected/, /write ! instead of not/],
  ['sysctl.kernel.panic ==«»', 'policy/syntax', /ends too early/],
  ['(sysctl.kernel.panic == 5«»', 'policy/syntax', /ends too early: \) is missing/],
  ['os.id == «"rhel»', 'policy/syntax', /no closing quote/],
  ['«»', 'policy/syntax', /ends too early/],
  ['os.id == «@»', 'policy/syntax', /not expected/],
  ['[[1]].exists(a, a.exists(b, «[b].exists(c, true)»))', 'policy/too-large', /nested 2 deep/],
  // Columns count UTF-16 units, whatever stands before.
  ['os.id == "混乱😀" || «os.idd» == "a"', 'policy/unknown-fact', /no fact called os\.idd/, /did you mean os\.id\?/],
];

for (const [marked, code, message, help] of MISTAKES) {
  void test(`mistake: ${marked}`, () => {
    const start = marked.indexOf('«');
    const end = marked.indexOf('»') - 1;
    const result = compileExpression(marked.replace(/[«»]/g, ''), ENVIRONMENT, 'bool');
    assert.ok('problem' in result, 'no mistake was found');
    assert.equal(result.problem.code, code, result.problem.message);
    assert.match(result.problem.message, message);
    assert.deepEqual([result.problem.start, result.problem.end], [start, end]);
    if (help !== undefined) assert.match(result.problem.help ?? '', help);
  });
}
