import { fixFactId } from './facts.js';
import { TABLE_VENDORS, type FactTest, type KnownFix, type VendorEntry } from './schema.js';

const VENDOR_NAMES = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  rhel: 'the Red Hat family',
  photon: 'Photon',
  alibaba: 'Alibaba',
} as const;

/** What Markdown would take for its own. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_<>[\]|]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .trim();
}
function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
function list(items: readonly string[]): readonly string[] {
  return items.map((item) => `* ${item}`);
}

function entryWords(entry: VendorEntry): string {
  const from = entry.from ?? entry.bugFrom;
  const known = [
    ...(entry.notAffected === true ? ['no package has the bug'] : []),
    ...(entry.bugFrom === undefined ? [] : [`${entry.bugFrom} is the first with the bug`]),
    ...(entry.fixed === undefined
      ? []
      : [
          `${entry.fixed} has the fix${entry.earlierLack === true ? `, everything before it${from === undefined ? '' : ` from ${from} on`} lacks it` : ''}`,
        ]),
    ...(entry.lacksUpTo === undefined ? [] : [`${entry.lacksUpTo} and what came before it lack the fix`]),
    ...(entry.lacks === undefined
      ? []
      : [`${entry.lacks.join(', ')} ${entry.lacks.length === 1 ? 'lacks' : 'lack'} the fix`]),
    ...(entry.never === true ? ['never got the fix'] : []),
  ];
  return plain(
    `${entry.el === undefined ? '' : `EL ${entry.el}, `}${entry.series} series: ${known.join('; ')} (known from: ${entry.knownFrom})`,
  );
}

function testWords(test: FactTest): string {
  return `${code(test.fact)} is ${test.is ?? (test.oneOf ?? []).map(String).join(' or ')}: ${plain(test.because)}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`**${title}**`, '', ...lines, ''];
}

function introducedWords({ introduced, affectedSince }: KnownFix): readonly string[] {
  if (introduced === undefined)
    return affectedSince === undefined
      ? ['Not known.']
      : [`Not known; kernels before ${affectedSince} are not judged.`];
  const stable = Object.values(introduced.stable ?? {});
  const also = stable.length === 0 ? '' : `, and by backport with ${stable.join(', ')}`;
  return [
    `With ${introduced.in}${also}${introduced.commit === undefined ? '' : ` (commit ${introduced.commit})`}${introduced.allBackportsKnown ? '' : '; which series took it by backport is not known'}.`,
  ];
}

function vendorLines(fix: KnownFix): readonly string[] {
  return TABLE_VENDORS.flatMap((vendor) =>
    (fix.vendors?.[vendor] ?? []).map((entry) => `${VENDOR_NAMES[vendor]}, ${entryWords(entry)}`),
  );
}

function commitWords({ upstream: { commit, mainlineBy } }: KnownFix): string {
  if (mainlineBy !== undefined)
    return ` (of stable series only; what cured the main line is commit ${mainlineBy.commit}, ${plain(mainlineBy.subject)})`;
  return commit === undefined ? ' (the commit was not found)' : ` (commit ${commit})`;
}

const AFTER = { brought: 'this fix brought the bug', left: 'this fix was not enough' } as const;

function followUpLines({ followUps = [] }: KnownFix): readonly string[] {
  return followUps.map(({ fix, how }) => `[${fix}](#${fix}): ${AFTER[how]}`);
}

function fixSection(fix: KnownFix): readonly string[] {
  return [
    `## ${fix.fix}`,
    '',
    `${plain(fix.title)}. The fact: ${code(fixFactId(fix))}. Confidence: ${fix.confidence}.`,
    '',
    plain(fix.wrong),
    '',
    ...section('How it shows', list(fix.symptom.map(code))),
    ...section('What sets it off', [plain(fix.trigger)]),
    ...section('The fix', [plain(fix.upstream.subject) + commitWords(fix)]),
    ...section('Where the bug came in', introducedWords(fix)),
    ...section(
      'First fixed, kernel.org',
      list([
        `main line: ${fix.fixed.mainline}`,
        ...Object.entries(fix.fixed.stable).map(([series, version]) => `${series}: ${version}`),
        ...(fix.never === undefined ? [] : [`never: ${fix.never.join(', ')}`]),
      ]),
    ),
    ...section("Vendors' packages", list(vendorLines(fix))),
    ...section('Who is not affected', list((fix.notAffected ?? []).map(testWords))),
    ...section(
      'What proves it on the machine',
      list([
        ...(fix.provesFixed ?? []).map((test) => `fixed: ${testWords(test)}`),
        ...(fix.provesMissing ?? []).map((test) => `missing: ${testWords(test)}`),
      ]),
    ),
    ...section('Without another kernel', [plain(fix.workaround)]),
    ...section('What the fix does not cure', fix.doesNotCure === undefined ? [] : [plain(fix.doesNotCure)]),
    ...section('What had to come after it', list(followUpLines(fix))),
    ...section('Not found, so not claimed', list((fix.notFound ?? []).map(plain))),
    ...section('Sources', list([...fix.sources.map((source) => `<${source}>`), ...(fix.evidence ?? []).map(plain)])),
  ];
}

/** `docs/reference/kernel-fixes.md`: what kernward knows of each known fix, in Markdown. */
export function kernelFixesPage(fixes: readonly KnownFix[]): string {
  return [
    '# Known kernel fixes',
    '',
    '<!-- Generated from policies/kernel-fixes/*.yaml; do not edit. -->',
    '',
    'Kernel bugs that hang, panic or reboot machines, and where each is fixed. For a machine the answer is `fixed`, `missing` or',
    '`not-affected`, each with its proof, and unknown with the reason where there is none. It is looked for in this order: the bug',
    "cannot reach the machine; a file that came with the fix; what is known of the vendor's packages; the changelog of the running",
    "kernel's package; the stable release that the vendor builds on; descent from the main line. A kernel that its vendor changes is",
    "never judged by its number alone, except that whatever is at or above the main line's version has the fix.",
    '',
    'A fix may not have been enough, or may have brought the next bug. Then it names the fix that had to come after it, and',
    '`fixed` is told together with the state of that one: it never means that a machine is safe.',
    '',
    '| fix | what it is | main line |',
    '|---|---|---|',
    ...fixes.map((fix) => `| [${fix.fix}](#${fix.fix}) | ${plain(fix.title)} | ${fix.fixed.mainline} |`),
    '',
    ...fixes.flatMap(fixSection),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}
