import { clean } from '../text/clean.js';
import { byHandLines, formatHostNames, originLines } from './phrases.js';
import type { Plan, Remedy, RemedyFile } from './remedy.js';

const NOTHING = ['Nothing: the files settle every failing rule.'];

/** What no file settles on these hosts, for a person. */
export function byHandText(plan: Plan, remedy: Remedy): string {
  const lines = byHandLines(plan, remedy);
  return [
    ...originLines(plan, remedy, 'what is left to do by hand'),
    ...(lines.length === 0 ? ['', ...NOTHING] : lines),
  ]
    .map((line) => `${clean(line)}\n`)
    .join('');
}

/** Rules that are undecided on the same hosts stand in one line. */
function undecidedLines(undecided: Plan['unsettled']['undecided']): readonly string[] {
  const rulesByHosts = new Map<string, string[]>();
  for (const [rule, hosts] of undecided) {
    const words = formatHostNames(hosts);
    rulesByHosts.set(words, [...(rulesByHosts.get(words) ?? []), clean(rule, 200)]);
  }
  return [...rulesByHosts].map(
    ([hosts, rules]) => `undecided, so nothing is known to remedy: ${rules.join(', ')} on ${hosts}`,
  );
}

/** Hosts and rules that nothing could be said of, and what is waived; empty: none. */
export function unsettledLines({ unsettled }: Plan): readonly string[] {
  return [
    ...[...unsettled.unreachable].map(
      ([why, hosts]) => `not reached, so nothing is known to remedy (${why}): ${formatHostNames(hosts)}`,
    ),
    ...undecidedLines(unsettled.undecided),
    ...[...unsettled.waived].map(
      ([what, hosts]) => `waived, so left as it is (${clean(what, 300)}): ${formatHostNames(hosts)}`,
    ),
  ];
}

/** One host a line, in full, for `ansible --limit @FILE`, pdsh or a loop. */
export function hostsFile(folder: string, remedy: Remedy): RemedyFile {
  return {
    path: `${folder}/hosts.txt`,
    text: remedy.hosts.map((host) => `${clean(host)}\n`).join(''),
    isAside: true,
  };
}
