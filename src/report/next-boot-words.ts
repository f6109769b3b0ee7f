import type { NextBoot, Result, SetAtBoot, Verdict } from '../model/verdict.js';

type Judged = Pick<Verdict, 'result' | 'nextBoot'>;

/** What a result is called where it is compared with that after the next boot. */
const NOW: Partial<Readonly<Record<Result, 'right' | 'wrong' | 'open'>>> = {
  pass: 'right',
  notapplicable: 'right',
  fail: 'wrong',
  informational: 'wrong',
  unknown: 'open',
};

/** The cases that are told apart; the first four are what somebody has to know. */
const CASES = {
  'right right': 'compliant and stays so',
  'right wrong': 'compliant until the next boot',
  'wrong right': 'wrong until the next boot',
  'wrong wrong': 'wrong and stays so',
  'right open': 'compliant now; after the next boot not known',
  'wrong open': 'wrong now; after the next boot not known',
  'open right': 'not known now; compliant after the next boot',
  'open wrong': 'not known now; wrong after the next boot',
  'open open': 'known neither now nor after the next boot',
} as const;

/** Which case it is, in words; undefined where nothing is said of the next boot. */
export function nextBootCase({ result, nextBoot }: Judged): string | undefined {
  const [now, next] = [NOW[result], nextBoot === undefined ? undefined : NOW[nextBoot.result]];
  return now === undefined || next === undefined ? undefined : CASES[`${now} ${next}`];
}

/** `sysctl.kernel.panic=10` in the kernel's own words: `kernel.panic = 10 (sysctl.d: /etc/sysctl.d/99-local.conf:3)`. */
function setText({ fact, value, place }: SetAtBoot): string {
  return `${fact.replace(/^sysctl\./, '')} = ${value} (${place})`;
}

/** What decides it: settings with the places that win; where it is not known, why. */
export function nextBootGrounds({ result, because = '', by = [] }: NextBoot): string {
  return result === 'unknown' ? because.replace(/^cannot be decided: /, '') : by.map(setText).join(', ');
}

/** The case, and what decides it. */
export function nextBootText(verdict: Judged): string | undefined {
  const words = nextBootCase(verdict);
  if (words === undefined || verdict.nextBoot === undefined) return undefined;
  const grounds = nextBootGrounds(verdict.nextBoot);
  return grounds === '' ? words : `${words}: ${grounds}`;
}

const MOST_PLACES = 2;

/** `wrong and stays so: /etc/sysctl.d/90-cluster.conf:1`: the case and the places alone, for where there is little room. */
export function nextBootBrief(verdict: Judged): string {
  const places = (verdict.nextBoot?.by ?? []).map(({ place }) =>
    place.startsWith('no file sets it') ? 'no file sets it' : place.replace(/^[^/]*: /, ''),
  );
  const some = [...new Set(places)].slice(0, MOST_PLACES).join(', ');
  return `${nextBootCase(verdict) ?? ''}${some === '' ? '' : `: ${some}`}`;
}

/** It complies, or does not apply, and the next boot makes it wrong. */
export function breaksAtNextBoot({ result, nextBoot }: Judged): boolean {
  return NOW[result] === 'right' && nextBoot?.result === 'fail';
}

/** A rule complies or is wrong now, and it is not known whether that stays. */
export function isOpenAtNextBoot({ result, nextBoot }: Judged): boolean {
  return NOW[result] !== 'open' && nextBoot?.result === 'unknown';
}

/** A reason with what becomes of it: whether somebody who mends it now has mended it. */
export function withNextBoot(because: string, verdict: Judged): string {
  const words = isOpenAtNextBoot(verdict) ? undefined : nextBootText(verdict);
  return words === undefined ? because : `${because} [${words}]`;
}
