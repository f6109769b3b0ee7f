import type { Collected, Gate, LimitSummary, MissingShards, NotJudged, Rerun } from '../model/report.js';
import { clean } from '../text/clean.js';
import { count } from '../text/count.js';
import { hoursBetween } from './hours-between.js';
import { isExceeded, formatLimit } from './failing-limits.js';

type ExitCode = 0 | 1 | 2 | 3 | 4 | 130 | 143;

/** Everything that the exit code depends on, and nothing else. */
export interface ExitFacts {
  readonly gate: Gate;
  /** Hosts selected, and rules loaded. */
  readonly hosts: number;
  readonly rules: number;
  readonly notJudged: NotJudged | undefined;
  /** Hosts reached, with a pass or a fail, and with no unwaived error or unknown at or above the gate's severity. */
  readonly coveredHosts: number;
  readonly unreachedHosts: number;
  /** Hosts reached that have neither a pass nor a fail. */
  readonly uncheckedHosts: number;
  /** Unwaived fails of every severity. */
  readonly fails: number;
  /** Unwaived fails at or above the gate's severity. */
  readonly gateFails: number;
  /**
   * Those of them that fail the run, and the hosts that have one: new ones only with `--fail-on-new`, and none that a
   * limit covers.
   */
  readonly counting: { readonly fails: number; readonly hosts: number };
  /**
   * With `--fail-on-new`, those of `gateFails` whose rules the baseline does not have: nobody knows whether they are
   * new.
   */
  readonly gateFailsOfNewRules: number;
  readonly limits: readonly LimitSummary[];
  /** Unwaived errors and unknowns at or above the gate's severity, on hosts that were reached. */
  readonly gateUndecided: number;
  /** Verdicts of rules over groups at or above the gate's severity: that fail, that are undecided. */
  readonly gateGroupFails: number;
  readonly gateGroupUndecided: number;
  /** With `--fail-on-new`, those that fail and do not count. */
  readonly gateGroupFailsLetThrough: number;
  /** Hosts on which kernward broke an invariant of its own. */
  readonly internalErrors: number;
  /** Waivers that have ended, and how many results each names. */
  readonly endedWaivers?: readonly { readonly id: string; readonly matches: number }[];
  /** What is known of the files of `collect` that the hosts come from; not there where they come from elsewhere. */
  readonly collected?: Collected;
  /** What is known of the saved reports that some hosts come from; not there where all were asked. */
  readonly rerun?: Pick<Rerun, 'added' | 'limit' | 'asked' | 'runs' | 'maxApartHours'>;
  /** When the run began, UTC, ISO 8601; not there where nobody says. */
  readonly startedAt?: string;
  /** Outputs that could not be written. */
  readonly unwrittenOutputs: number;
  readonly interruptedBy: 'SIGINT' | 'SIGTERM' | undefined;
}

export interface ExitDecision {
  readonly code: ExitCode;
  /** What `--exit-zero` gave 0 in place of. */
  readonly insteadOf?: 1 | 3;
  /** One sentence: which condition gave the code. */
  readonly verdict: string;
}

interface Condition {
  readonly code: (facts: ExitFacts) => ExitCode;
  readonly holds: (facts: ExitFacts) => boolean;
  readonly say: (facts: ExitFacts) => string;
}

const SIGNAL_CODE = { SIGINT: 130, SIGTERM: 143 } as const;

function ofGate({ failOn }: Gate): string {
  if (failOn === 'info' || failOn === 'never') return 'of any severity';
  return failOn === 'critical' ? 'of severity critical' : `of severity ${failOn} or above`;
}

function missingShards({ collected }: ExitFacts): readonly MissingShards[] {
  return collected?.missing ?? [];
}

/** Hosts of the inventory that stand in no report, since only hosts of an earlier one were asked again. */
function leftOut({ collected, rerun }: ExitFacts): readonly string[] {
  return [...new Set([...(collected?.added ?? []), ...(rerun?.added ?? [])])];
}

/** Those of `leftOut` whom nobody's `--limit` left out. */
function addedHosts(facts: ExitFacts): readonly string[] {
  return facts.rerun?.limit === undefined ? leftOut(facts) : (facts.collected?.added ?? []);
}

/**
 * Those of the report, those of shards that did not come and that nobody can name, and those that only the inventory has: the
 * latter two may be the same.
 */
function hostsToCome(facts: ExitFacts): number {
  const unnamed = missingShards(facts).reduce((total, { hosts }) => total + hosts, 0);
  return facts.hosts + Math.max(unnamed, addedHosts(facts).length);
}

/** Rounded down, so that a hole never reads as 100 %. */
function percentCovered(facts: ExitFacts): number {
  const hosts = hostsToCome(facts);
  return hosts === 0 ? 0 : Math.floor((facts.coveredHosts * 1000) / hosts) / 10;
}

/** A run in which not one host is covered is never complete, however low the coverage that was asked for. */
function isIncomplete(facts: ExitFacts): boolean {
  const hosts = hostsToCome(facts);
  return hosts > 0 && (facts.coveredHosts === 0 || facts.coveredHosts * 100 + 1e-6 < facts.gate.minCoverage * hosts);
}

/** Whether some host is missing or undecided, whatever coverage was asked for. */
function hasHole(facts: ExitFacts): boolean {
  return facts.coveredHosts < hostsToCome(facts);
}

const SHARDS_NAMED = 10;

function missingInWords({ missing, shards, hosts }: MissingShards): string {
  const named = missing.slice(0, SHARDS_NAMED).join(', ');
  const more = missing.length > SHARDS_NAMED ? ` and ${missing.length - SHARDS_NAMED} more` : '';
  return `${missing.length === 1 ? 'shard' : 'shards'} ${named}${more} of ${shards} with ${count(hosts, 'host')} did not come`;
}

const HOSTS_NAMED = 10;

function leftOutInWords(names: readonly string[]): string {
  const named = names.slice(0, HOSTS_NAMED).map((name) => clean(name, 100));
  const more = names.length > HOSTS_NAMED ? ` and ${names.length - HOSTS_NAMED} more` : '';
  return `${count(names.length, 'host of the inventory was', 'hosts of the inventory were')} not asked, because what was asked again does not have ${names.length === 1 ? 'it' : 'them'} (${named.join(', ')}${more})`;
}

/** What `--limit` of a rerun left out that no report has: said whatever the code is. */
function leftOutByLimit(facts: ExitFacts): string {
  const names = leftOut(facts);
  return names.length === addedHosts(facts).length
    ? ''
    : `; ${leftOutInWords(names)}, which the limit ${clean(facts.rerun?.limit ?? '', 200)} accepts`;
}

function holes(facts: ExitFacts): string {
  const added = addedHosts(facts);
  const parts = [
    ...missingShards(facts).map(missingInWords),
    added.length > 0 ? leftOutInWords(added) : '',
    facts.unreachedHosts > 0 ? `${count(facts.unreachedHosts, 'host was', 'hosts were')} not reached` : '',
    facts.gateUndecided > 0
      ? `${count(facts.gateUndecided, 'result')} ${ofGate(facts.gate)} ${facts.gateUndecided === 1 ? 'is' : 'are'} undecided`
      : '',
    facts.gateGroupUndecided > 0
      ? `${count(facts.gateGroupUndecided, 'result')} ${ofGate(facts.gate)} of rules over groups ${facts.gateGroupUndecided === 1 ? 'is' : 'are'} undecided`
      : '',
    facts.uncheckedHosts > 0
      ? `${count(facts.uncheckedHosts, 'host has', 'hosts have')} neither a pass nor a fail`
      : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'every host was reached and every rule of the gate decided' : parts.join(', ');
}

function coverage(facts: ExitFacts): string {
  return `${facts.coveredHosts} of ${count(hostsToCome(facts), 'host')} decided (${percentCovered(facts)} %)`;
}

function isNewOnly({ gate }: ExitFacts): boolean {
  return gate.failOnNew === true;
}

function fails(facts: ExitFacts): string {
  return `${count(facts.counting.fails, isNewOnly(facts) ? 'new unwaived fail' : 'unwaived fail')} ${ofGate(facts.gate)} on ${count(facts.counting.hosts, 'host')}`;
}

/** Rounded up, so that what is above a limit never reads as the limit. */
function percentFailing({ failingHosts, judgedHosts }: LimitSummary): number {
  return Math.ceil((failingHosts * 1000) / judgedHosts) / 10;
}

function breach(summary: LimitSummary): string {
  return `${summary.failingHosts} of ${count(summary.judgedHosts, 'judged host')} (${percentFailing(summary)} %) ${summary.failingHosts === 1 ? 'fails' : 'fail'}, and ${formatLimit(summary.limit)} allows no more`;
}

/** A limit that nobody was judged by shows nothing, and that is said. */
function emptyLimits({ limits }: ExitFacts): string {
  const empty = limits.filter(({ judgedHosts }) => judgedHosts === 0).map(({ limit }) => formatLimit(limit));
  return empty.length === 0 ? '' : `; no host was judged by ${empty.join(', ')}`;
}

/** When the first of the files was written: what a rerun meant to carry into one that is judged alone stands there as of that rerun. */
function firstRunOf({ oldest, firstRun = oldest }: NonNullable<Collected['times']>): string {
  return firstRun;
}

/** When the runs began that the answers may be of: files of `collect`, and, where hosts are carried, saved reports and this run. */
function timesAsked({ collected, rerun, hosts, startedAt }: ExitFacts): readonly string[] {
  const { times } = collected ?? {};
  const ofFiles = times === undefined ? [] : [times.oldest, times.newest];
  if (rerun === undefined) return ofFiles;
  const now = rerun.asked === 0 || startedAt === undefined ? [] : [startedAt];
  if (rerun.asked >= hosts) return now;
  // The first of the reports may be a judgement of such files, which are what was asked then.
  const reports = rerun.runs.map((run) => run.startedAt);
  return [...ofFiles, ...(times === undefined ? reports : reports.slice(1)), ...now];
}

/** Whether what is judged together was not collected together: a shard of last week is nothing that is known of tonight. */
function areFilesApart({ collected }: ExitFacts): boolean {
  const { times, maxApartHours } = collected ?? {};
  if (times === undefined || maxApartHours === undefined) return false;
  return hoursBetween(firstRunOf(times), times.newest) > maxApartHours;
}

/** When what a rerun carries was asked first, where that is longer ago than it was told to carry. */
function carriedTooLong(facts: ExitFacts): string | undefined {
  const { rerun, startedAt, hosts } = facts;
  if (rerun?.maxApartHours === undefined || startedAt === undefined || rerun.asked >= hosts) return undefined;
  const [oldest = startedAt] = timesAsked(facts).toSorted();
  return hoursBetween(oldest, startedAt) > rerun.maxApartHours ? oldest : undefined;
}

function isTooFarApart(facts: ExitFacts): boolean {
  return areFilesApart(facts) || carriedTooLong(facts) !== undefined;
}

function tooFarApart(facts: ExitFacts): string {
  const { times, maxApartHours = 0 } = facts.collected ?? {};
  const carried = carriedTooLong(facts);
  const allowed = facts.rerun?.maxApartHours ?? 0;
  const parts = [
    areFilesApart(facts)
      ? `what is judged together was collected from ${times === undefined ? '' : firstRunOf(times)} to ${times?.newest ?? ''}, and --max-apart ${maxApartHours} allows ${count(maxApartHours, 'hour')} between: collect the older part again, or allow more`
      : '',
    carried === undefined
      ? ''
      : `what is carried was asked from ${carried} on, and --max-apart ${allowed} allows ${count(allowed, 'hour')} before ${facts.startedAt ?? ''}: scan every host again, or allow more`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** Said whatever the code is, where nothing else says it: that something was collected more than a day before the run. */
function collectedLongAgo(facts: ExitFacts): string {
  const [oldest, ...later] = timesAsked(facts).toSorted();
  if (oldest === undefined) return '';
  const newest = later.at(-1) ?? oldest;
  const { times } = facts.collected ?? {};
  const isSaid = times !== undefined && firstRunOf(times) === oldest && times.newest === newest;
  if ((isSaid && areFilesApart(facts)) || carriedTooLong(facts) === oldest) return '';
  if (Math.max(hoursBetween(oldest, facts.startedAt ?? newest), hoursBetween(oldest, newest)) <= 24) return '';
  return oldest === newest ? `; collected ${oldest}` : `; collected from ${oldest} to ${newest}`;
}

/** Said whatever the code is: a file that lost half of its lines looks like one that never had them. */
function notKnownToBeWhole({ collected }: ExitFacts): string {
  return collected?.completeness === 'not-known'
    ? '; whether these are all the hosts, and when they were collected, is not known: readings without a header, of an older kernward'
    : '';
}

/** What fails, is let through, and is not known to be old: said whatever the code is. */
function notKnownToBeOld(facts: ExitFacts): string {
  const { gateFailsOfNewRules: ofRules, gateGroupFailsLetThrough: ofGroups } = facts;
  return [
    ofRules === 0
      ? ''
      : `; ${count(ofRules, 'fail')} ${ofGate(facts.gate)} ${ofRules === 1 ? 'is' : 'are'} let through because the baseline does not have ${ofRules === 1 ? 'its rule' : 'their rules'}`,
    ofGroups === 0
      ? ''
      : `; ${count(ofGroups, 'fail')} ${ofGate(facts.gate)} of rules over groups ${ofGroups === 1 ? 'is' : 'are'} let through because nobody knows what the ${ofGroups === 1 ? 'group' : 'groups'} did before`,
  ].join('');
}

/** What fails, is known, and is let through all the same. */
function letThrough(facts: ExitFacts): string {
  const left = facts.gateFails - facts.counting.fails - facts.gateFailsOfNewRules;
  if (left <= 0) return '';
  const why = [
    isNewOnly(facts) ? 'not new since the baseline' : '',
    facts.limits.length > 0 ? 'within --max-failing' : '',
    facts.gate.flapping === 'ignore' ? 'flapping' : '',
  ]
    .filter((each) => each !== '')
    .join(' or ');
  return `; ${count(left, 'fail')} ${ofGate(facts.gate)} ${left === 1 ? 'is' : 'are'} ${why}`;
}

const WAIVERS_NAMED = 5;

/** What was accepted and is not any more, where that makes a difference: said whatever the code is. */
function endedWaivers({ endedWaivers: all = [] }: ExitFacts): string {
  const needed = all.filter(({ matches }) => matches > 0);
  if (needed.length === 0) return '';
  const named = needed
    .slice(0, WAIVERS_NAMED)
    .map(({ id, matches }) => `${clean(id, 80)} (${count(matches, 'result')})`);
  const more = needed.length > WAIVERS_NAMED ? ` and ${needed.length - WAIVERS_NAMED} more` : '';
  return `; ${needed.length === 1 ? 'the waiver' : 'the waivers'} ${named.join(', ')}${more} ${needed.length === 1 ? 'has' : 'have'} ended`;
}

/** What was switched off: said whatever the code is. */
function switchedOff({ notJudged }: ExitFacts): string {
  const { notLoaded = 0, notSelected = 0 } = notJudged ?? {};
  return [
    notLoaded === 0
      ? ''
      : `; ${count(notLoaded, 'rule')} of kernward ${notLoaded === 1 ? 'was' : 'were'} not judged, as --no-shipped asks`,
    notSelected === 0
      ? ''
      : `; ${count(notSelected, 'rule')} ${notSelected === 1 ? 'was' : 'were'} not judged, because no profile of the hosts selects ${notSelected === 1 ? 'it' : 'them'}`,
  ].join('');
}

function notCompliant(facts: ExitFacts): string {
  const exceeded = facts.limits.filter(isExceeded).map(breach);
  return `not compliant: ${[...(facts.counting.fails > 0 ? [fails(facts)] : []), ...exceeded].join('; ')}`;
}

function saySuccess(facts: ExitFacts): string {
  if (facts.hosts === 0) return 'no host was selected, which --allow-empty accepts: nothing was checked';
  if (hasHole(facts))
    return `compliant as far as asked: ${holes(facts)}; ${coverage(facts)}, which --min-coverage ${facts.gate.minCoverage} accepts${letThrough(facts)}${emptyLimits(facts)}`;
  const answered = facts.hosts === 1 ? 'the host answered' : `all ${facts.hosts} hosts answered`;
  if (facts.gate.failOn === 'never')
    return `${answered}; --fail-on never: ${count(facts.fails, 'fail does', 'fails do')} not count${emptyLimits(facts)}`;
  if (facts.gateFails + facts.gateGroupFailsLetThrough > 0)
    return `${answered}, and no fail counts${letThrough(facts)}${emptyLimits(facts)}`;
  return `compliant: ${answered}, and every rule ${ofGate(facts.gate)} passed, does not apply or is waived${emptyLimits(facts)}`;
}

function alsoIncomplete(facts: ExitFacts): string {
  const parts = [isIncomplete(facts) ? holes(facts) : '', isTooFarApart(facts) ? tooFarApart(facts) : ''];
  const said = parts.filter((part) => part !== '');
  return said.length === 0 ? '' : `; incomplete too: ${said.join('; ')}`;
}

/** In order of precedence: the first that holds decides. */
const CONDITIONS: readonly Condition[] = [
  {
    code: ({ interruptedBy }) => SIGNAL_CODE[interruptedBy ?? 'SIGINT'],
    holds: ({ interruptedBy }) => interruptedBy !== undefined,
    say: (facts) =>
      `interrupted by ${facts.interruptedBy ?? ''}, with ${coverage(facts)}: the report holds what was known by then`,
  },
  {
    code: () => 4,
    holds: ({ internalErrors }) => internalErrors > 0,
    say: ({ internalErrors }) => `kernward itself failed on ${count(internalErrors, 'host')}: a bug, please report it`,
  },
  {
    code: () => 4,
    holds: ({ unwrittenOutputs }) => unwrittenOutputs > 0,
    say: ({ unwrittenOutputs }) => `${count(unwrittenOutputs, 'output')} could not be written`,
  },
  {
    code: () => 2,
    holds: ({ rules }) => rules === 0,
    say: () => 'no rule was loaded: nothing was checked',
  },
  {
    code: () => 2,
    holds: ({ hosts, gate }) => hosts === 0 && !gate.allowEmpty,
    say: () => 'no host was selected: nothing was checked',
  },
  {
    code: () => 1,
    holds: ({ counting, limits }) => counting.fails > 0 || limits.some(isExceeded),
    say: (facts) => `${notCompliant(facts)}${alsoIncomplete(facts)}`,
  },
  {
    code: () => 1,
    holds: ({ gateGroupFails }) => gateGroupFails > 0,
    say: (facts) =>
      `not compliant: ${count(facts.gateGroupFails, 'fail')} ${ofGate(facts.gate)} of rules over groups${alsoIncomplete(facts)}`,
  },
  {
    code: () => 3,
    holds: isIncomplete,
    say: (facts) =>
      `incomplete: ${holes(facts)}; ${coverage(facts)}, --min-coverage is ${facts.gate.minCoverage}${isTooFarApart(facts) ? `; ${tooFarApart(facts)}` : ''}`,
  },
  {
    code: () => 3,
    holds: isTooFarApart,
    say: (facts) => `incomplete: ${tooFarApart(facts)}`,
  },
  {
    code: () => 3,
    // Below 100 the holes that leave a group open were accepted: where there are holes.
    holds: (facts) => facts.gateGroupUndecided > 0 && (facts.gate.minCoverage >= 100 || !hasHole(facts)),
    say: (facts) =>
      `incomplete: ${holes(facts)}${facts.gate.minCoverage < 100 ? `; every host is decided, so --min-coverage ${facts.gate.minCoverage} accepts nothing of it` : ''}`,
  },
  { code: () => 0, holds: () => true, say: saySuccess },
];

/**
 * The exit code of a run, the same for every output format: 130/143 interrupted; then 4 a bug of ours or an output not
 * written, 2 nothing to check, 1 a fail that counts or a limit that is exceeded, 3 incomplete, 0 compliant.
 * `--exit-zero` turns 1 and 3 into 0, and says so; 2, 4, 130 and 143 it leaves: they are not findings about hosts.
 */
export function decideExit(facts: ExitFacts): ExitDecision {
  const decisive = CONDITIONS.find(({ holds }) => holds(facts));
  if (decisive === undefined) throw new Error('the last condition always holds');
  const code = decisive.code(facts);
  const verdict = `${decisive.say(facts)}${notKnownToBeOld(facts)}${notKnownToBeWhole(facts)}${collectedLongAgo(facts)}${leftOutByLimit(facts)}${endedWaivers(facts)}${switchedOff(facts)}`;
  if (facts.gate.exitZero && (code === 1 || code === 3))
    return { code: 0, insteadOf: code, verdict: `${verdict}; exit 0 instead of ${code}, as --exit-zero asks` };
  return { code, verdict };
}
