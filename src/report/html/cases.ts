import type { HostReport, HostStatus, ReportHeader } from '../../model/report.js';
import { SEVERITIES, type Severity } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { askedAt, knownText, label } from '../phrases.js';
import { memoize } from '../../language/memoize.js';
import { mapTexts, toShape, toTexts, type Story } from './story.js';

/** What stands of a host beside its name. */
export interface HostLine {
  readonly name: string;
  /** Empty where it is the name and the standard port. */
  readonly address: string;
  readonly groups: string;
  readonly owner: string;
  readonly profile: string;
  readonly kernel: string;
  readonly distribution: string;
  readonly isNew: boolean;
  /** What is out of the ordinary: asked by an earlier run, over jump hosts, asked more than once, another collector. */
  readonly notes: string;
}

/** What one host of a case says otherwise than the next. */
export interface OwnText {
  readonly of: string;
  readonly text: string;
}

/** Hosts of a case that have exactly the same texts. */
export interface Variant {
  readonly own: readonly OwnText[];
  readonly hosts: readonly HostLine[];
}

/** Hosts that the same rules fail in the same way, in the order of the inventory. */
export interface Case {
  /** Where hosts of the case differ, a text is `DIFFERS`. */
  readonly story: Story;
  readonly worst: Severity | undefined;
  readonly hosts: number;
  readonly variants: readonly Variant[];
}

/** Stands in a story for a text that is another on each variant. The texts of a story are clean, and so hold no NUL. */
export const DIFFERS = '\u0000differs';

const STANDARD_PORT = 22;

function addressOf({ host, address, port }: HostReport): string {
  const shown = address.includes(':') ? `[${address}]` : address;
  if (port !== STANDARD_PORT) return `${shown}:${port}`;
  return address === host ? '' : shown;
}

/** Longer than any name; what is longer still is cut. */
const MAX_NAME = 300;

function notesOf(host: HostReport, header: ReportHeader): string {
  return [
    host.fromRun === undefined ? '' : `as of ${askedAt(host, header)}`,
    host.via === undefined ? '' : `over ${host.via.join(', ')}`,
    host.attempts === undefined ? '' : `asked ${host.attempts} times`,
    host.collector?.differs === true ? 'another collector than this kernward prints' : '',
  ]
    .filter((note) => note !== '')
    .join(', ');
}

export function hostLine(host: HostReport, header: ReportHeader): HostLine {
  return {
    name: clean(host.host, MAX_NAME),
    address: clean(addressOf(host), MAX_NAME),
    groups: clean(host.groups.join(', '), MAX_NAME),
    owner: clean(label(host, 'owner'), MAX_NAME),
    profile: clean(host.profile, MAX_NAME),
    kernel: clean(knownText(host, 'uname.release'), MAX_NAME),
    distribution: clean(knownText(host, 'os.pretty_name'), MAX_NAME),
    isNew: host.isNew === true,
    notes: clean(notesOf(host, header), MAX_NAME),
  };
}

interface Telling {
  readonly texts: readonly string[];
  readonly hosts: HostLine[];
}

interface Gathering {
  readonly story: Story;
  hosts: number;
  /** Every different telling once, however many hosts there are. */
  readonly tellings: Map<string, Telling>;
}

function worstOf({ findings }: Story): Severity | undefined {
  const fails = findings.filter(({ result, waiver }) => result === 'fail' && waiver === undefined);
  return SEVERITIES.find((severity) => fails.some((finding) => finding.severity === severity));
}

const ORDER: Readonly<Record<HostStatus, number>> = {
  failing: 0,
  undecided: 1,
  unchecked: 2,
  unreachable: 3,
  lesser: 4,
  clean: 5,
};

function weight(worst: Severity | undefined): number {
  return worst === undefined ? SEVERITIES.length : SEVERITIES.indexOf(worst);
}

/** The most urgent first, then the most hosts; otherwise as they came. */
function byUrgency(a: Case, b: Case): number {
  return ORDER[a.story.status] - ORDER[b.story.status] || weight(a.worst) - weight(b.worst) || b.hosts - a.hosts;
}

function finished({ story, hosts, tellings }: Gathering): Case {
  const all = [...tellings.values()];
  const [first] = all;
  const differs = (first?.texts ?? []).map((text, slot) => all.some(({ texts }) => texts[slot] !== text));
  const about: string[] = [];
  let slot = 0;
  const shared = mapTexts(story, (text, of) => {
    about.push(of);
    return differs[slot++] === true ? DIFFERS : text;
  });
  const variants = all.map(({ texts, hosts: lines }) => ({
    own: texts.flatMap((text, index) =>
      differs[index] === true && text !== '' ? [{ of: about[index] ?? '', text }] : [],
    ),
    hosts: lines,
  }));
  return { story: shared, worst: worstOf(story), hosts, variants };
}

export interface Cases {
  readonly add: (host: HostReport, story: Story) => void;
  readonly finish: () => readonly Case[];
}

/** Groups hosts that have the same story. Keeps a line a host, and each text once. */
export function gatherCases(header: ReportHeader): Cases {
  const cases = new Map<string, Gathering>();
  const kept = memoize((text: string) => text);
  return {
    add: (host, story) => {
      const shape = toShape(story);
      const gathering = cases.get(shape) ?? { story, hosts: 0, tellings: new Map<string, Telling>() };
      cases.set(shape, gathering);
      gathering.hosts += 1;
      const texts = toTexts(story);
      const key = JSON.stringify(texts);
      const telling = gathering.tellings.get(key) ?? { texts: texts.map(kept), hosts: [] };
      gathering.tellings.set(key, telling);
      const line = hostLine(host, header);
      telling.hosts.push({
        ...line,
        groups: kept(line.groups),
        owner: kept(line.owner),
        profile: kept(line.profile),
        kernel: kept(line.kernel),
        distribution: kept(line.distribution),
        notes: kept(line.notes),
      });
    },
    finish: () => [...cases.values()].map(finished).sort(byUrgency),
  };
}
