import { known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { malformed, quote } from '../parse.js';

/** Why there is nothing to read, in the word that the host says it with. */
const NOTHING: ReadonlyMap<string, string> = new Map([
  ['manager', 'the host has neither dpkg nor rpm'],
  ['release', '/proc/sys/kernel/osrelease does not say which kernel runs'],
  ['file', "no package that is installed brings the running kernel's files or its changelog"],
  ['gzip', 'the host has neither gzip nor zcat to read the changelog with'],
]);

function nothingIn(text: string): Reading<never> | undefined {
  const word = /^none (\S+)$/m.exec(text)?.[1];
  if (word === undefined) return undefined;
  const reason = NOTHING.get(word);
  if (reason !== undefined) return unreadable('undetermined', reason);
  return word === 'asked'
    ? unreadable('not-collected', 'no fix was undecided that a changelog could decide')
    : malformed('a reason', word);
}

/**
 * Status words of dpkg (`install ok installed`), then package and version; of rpm the name, version-release,
 * architecture.
 */
const DPKG = /^dpkg \S+ \S+ (\S+) (linux-image-[A-Za-z0-9.+-]+) ([A-Za-z0-9.+~:-]*)$/;
const RPM = /^rpm ([A-Za-z0-9_+-]+) ([A-Za-z0-9._+~^-]+) ([a-z0-9_]+)$/;
const NOT_INSTALLED = /^package \S+ is not installed$/;

/** More kernels than this on one machine are not believed. */
const MOST_KERNELS = 1000;

function installed(text: string): Reading<readonly string[]> {
  const nothing = nothingIn(text);
  if (nothing !== undefined) return nothing;
  if (text.length > MOST_KERNELS * 100) return malformed(`at most ${MOST_KERNELS} kernel packages`, text);
  const found: string[] = [];
  for (const line of text.split('\n', MOST_KERNELS + 2)) {
    if (line === '' || NOT_INSTALLED.test(line)) continue;
    const [, status, name, version] = DPKG.exec(line) ?? [];
    const rpm = RPM.exec(line);
    if (rpm !== null) found.push(rpm.slice(1).join(' '));
    else if (name === undefined) return malformed('kernel packages and their versions', line);
    else if (status === 'installed') found.push(`${name} ${version}`);
  }
  return found.length > MOST_KERNELS
    ? malformed(`at most ${MOST_KERNELS} kernel packages`, text)
    : known(found.sort(), text.slice(0, 4096));
}

const PACKAGE = /^package ([A-Za-z0-9][A-Za-z0-9_.+-]*) ([A-Za-z0-9][A-Za-z0-9._+~:^-]*)$/m;

function packageOf(text: string): Reading<string> {
  const nothing = nothingIn(text);
  if (nothing !== undefined) return nothing;
  const [raw = '', name, version] = PACKAGE.exec(text) ?? [];
  if (name !== undefined) return known(`${name} ${version}`, raw);
  return /^read \d+(?: cut)?\n?$/m.test(text)
    ? unreadable('undetermined', 'what was read as a changelog names no package')
    : malformed('the package whose changelog it is', text);
}

const ANSWER = /^(found|reverted|silent) ([a-z][a-z0-9-]{0,99})(?: (.{1,500}))?$/s;
const WORDS = { found: 'found: ', reverted: 'reverted: ', silent: 'not found' } as const;
function isAnswer(word: string | undefined): word is keyof typeof WORDS {
  return word !== undefined && Object.hasOwn(WORDS, word);
}

/** A changelog is anybody's text: what is not printable ASCII is shown as a question mark. */
function printable(line: string): string {
  return line.replace(/[^\x20-\x7e]/g, '?');
}

function changelog(text: string): Reading<Readonly<Record<string, string>>> {
  const owner = packageOf(text);
  if (owner.state !== 'known') return owner;
  const lines = text.split('\n', MOST_KERNELS + 10).filter((line) => line !== '' && !line.startsWith('package '));
  const last = lines.pop() ?? '';
  const read = /^read (\d{1,9})( cut)?$/.exec(last);
  if (read === null) return malformed('how many lines were read', last);
  const answers: [string, string][] = [];
  for (const line of lines) {
    const [, word, id = '', said = ''] = ANSWER.exec(line) ?? [];
    if (!isAnswer(word)) return unreadable('malformed', `expected found, reverted or silent, got ${quote(line)}`);
    const isCut = word === 'silent' && read[2] !== undefined ? ', and older entries have been removed from it' : '';
    answers.push([id, `${WORDS[word]}${word === 'silent' ? isCut : printable(said)}`]);
  }
  return known(Object.fromEntries(answers), `${owner.value}, ${read[1]} lines`);
}

const DEBIAN_POLICY = 'https://www.debian.org/doc/debian-policy/ch-docs.html#s-changelogs';
const RPM_8 = 'https://rpm.org/docs/latest/man/rpm.8';
const FOUND = '- fs: one thing [linux (6.1.55-1)]';

/** The facts of the package script, which is run only on a host whose kernel lacks a known fix, or may lack it. */
export const PACKAGES: readonly FactDefinition[] = [
  {
    id: 'kernel.installed',
    title: 'Kernel packages that are installed, booted or not',
    type: { kind: 'list' },
    since: 'any; dpkg or rpm',
    sources: ['https://manpages.debian.org/bookworm/dpkg/dpkg-query.1.en.html', RPM_8],
    origin: { via: 'command', sections: ['installed'] },
    parse: installed,
    samples: [
      {
        text: 'dpkg install ok installed linux-image-6.1.0-18-amd64 6.1.82-1\ndpkg deinstall ok config-files linux-image-6.1.0-13-amd64 6.1.55-1\n',
        known: ['linux-image-6.1.0-18-amd64 6.1.82-1'],
      },
      {
        text: 'rpm kernel 3.10.0-1160.el7 x86_64\npackage kernel-core is not installed\n',
        known: ['kernel 3.10.0-1160.el7 x86_64'],
      },
      { text: '', known: [] },
      { text: 'none manager\n', otherwise: 'undetermined' },
      { text: 'rpm kernel\n', otherwise: 'malformed' },
    ],
    note: 'Packages: `NAME VERSION` of dpkg, `NAME VERSION-RELEASE ARCHITECTURE` of rpm. A rescue image is no package.',
  },
  {
    id: 'kernel.package',
    title: 'The package whose changelog was searched for fixes of the running kernel',
    type: { kind: 'string' },
    since: 'any; dpkg or rpm',
    sources: [DEBIAN_POLICY, RPM_8],
    origin: { via: 'command', sections: ['changelog'] },
    parse: packageOf,
    samples: [
      { text: 'package linux 6.1.192-2\nsilent some-fix\nread 57000 cut\n', known: 'linux 6.1.192-2' },
      { text: 'package kernel-core 5.14.0-284.11.1.el9_2\nread 44000\n', known: 'kernel-core 5.14.0-284.11.1.el9_2' },
      { text: 'none gzip\n', otherwise: 'undetermined' },
      { text: 'read 0\n', otherwise: 'undetermined' },
    ],
    note: 'It belongs to the running kernel only where the version is the same: a package that was updated before the reboot is newer than what runs.',
  },
  {
    id: 'kernel.changelog',
    title: "What the changelog of the running kernel's package says of each fix that was still undecided",
    type: { kind: 'map' },
    since: 'any; dpkg or rpm',
    sources: [DEBIAN_POLICY, RPM_8],
    origin: { via: 'command', sections: ['changelog'] },
    parse: changelog,
    samples: [
      {
        text: `package linux 6.1.55-1\nfound a-fix ${FOUND}\nsilent b-fix\nread 900\n`,
        known: { 'a-fix': `found: ${FOUND}`, 'b-fix': 'not found' },
      },
      {
        text: 'package linux 6.1.55-1\nsilent b-fix\nread 900 cut\n',
        known: { 'b-fix': 'not found, and older entries have been removed from it' },
      },
      {
        text: 'package kernel 4.18.0-1.el8\nreverted c-fix - Revert "c" (A B) [1]\nread 2\n',
        known: { 'c-fix': 'reverted: - Revert "c" (A B) [1]' },
      },
      { text: 'none asked\n', otherwise: 'not-collected' },
      { text: 'none file\n', otherwise: 'undetermined' },
      { text: 'none __proto__\n', otherwise: 'malformed' },
      { text: 'package linux 6.1.55-1\nfound a-fix x\n', otherwise: 'malformed' },
    ],
    note:
      'From the id of a known fix to `found: LINE`, `reverted: LINE` or `not found`. The changelog is searched on the host for the subject of the fix, and never transferred. ' +
      'A line that is not there proves nothing: vendors shorten changelogs, and fold fixes into larger updates.',
  },
];
