import { renderToString } from 'preact-render-to-string';
import type { VNode } from 'preact';
import type { HostStatus } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import { byteLength } from '../../render/markdown.js';
import { CaseTitle, Chains, Findings, HostItem, Own, someNames } from './case.js';
import type { Case, HostLine, Variant } from './cases.js';
import { many } from './parts.js';
import type { Survey } from './survey.js';

/** Bytes of this section and those before it. With the rest the page stays below 15 MB for 10,000 hosts, whatever they say. */
const MAX_BYTES = 14_300_000;
/** So many hosts are shown at once; a longer list is closed. */
const MAX_OPEN = 12;
/** Hosts to a chunk, so that no string grows with the fleet. */
const CHUNK = 200;
/** The size of a host's line without its texts, roughly. */
const LINE_BYTES = 80;
/** What stands round the lines of hosts of which the same is told, and the sentence that more was cut, roughly. */
const VARIANT_BYTES = 220;

const HEADS = {
  failing: ['Failing', 'At least one rule of the gate fails and no waiver covers it.'],
  undecided: ['Undecided', 'No rule of the gate fails unwaived, but some could not be decided.'],
  unchecked: ['Unchecked', 'No rule passed or failed: nothing was shown.'],
  lesser: ['With lesser findings', 'They comply with the gate; below it something fails or is undecided.'],
  clean: ['Clean', 'Rules pass, or their failing is waived, and nothing is open.'],
  unreachable: ['Not reached', ''],
} as const satisfies Record<HostStatus, readonly [title: string, means: string]>;

/** What may still be written, when each host that is to come needs its line. */
interface Purse {
  readonly pay: (html: string) => string;
  /** The text where there is room for it; otherwise nothing, and it is counted. */
  readonly payIfPossible: (html: string) => string | undefined;
  readonly cuts: () => number;
}

function lineBytes(line: HostLine): number {
  return (
    LINE_BYTES +
    byteLength(
      `${line.name}${line.address}${line.groups}${line.owner}${line.profile}${line.distribution}${line.kernel}${line.notes}`,
    )
  );
}

function openPurse(cases: readonly Case[], writtenBytes: number): Purse {
  let left = MAX_BYTES - writtenBytes;
  for (const { variants } of cases)
    for (const { hosts } of variants) {
      left -= VARIANT_BYTES;
      for (const line of hosts) left -= lineBytes(line);
    }
  let cuts = 0;
  return {
    pay: (html) => {
      left -= byteLength(html);
      return html;
    },
    payIfPossible: (html) => {
      const bytes = byteLength(html);
      if (bytes > left) {
        cuts += 1;
        return undefined;
      }
      left -= bytes;
      return html;
    },
    cuts: () => cuts,
  };
}

const CUT =
  '<p class="cut">Shortened, so that the page stays small: <code>kernward explain</code> and the <code>csv</code> format say the rest.</p>';

function* lines(hosts: readonly HostLine[], isNamed: boolean): Iterable<string> {
  yield '<ul class="names">';
  for (let start = 0; start < hosts.length; start += CHUNK)
    yield renderToString(
      <>
        {hosts.slice(start, start + CHUNK).map((line) => (
          <HostItem line={line} isNamed={isNamed} />
        ))}
      </>,
    );
  yield '</ul>\n';
}

function* variantHtml({ own, hosts }: Variant, isNamed: boolean, purse: Purse): Iterable<string> {
  yield '<div class="variant">';
  yield* lines(hosts, isNamed);
  if (own.length > 0) yield purse.payIfPossible(renderToString(<Own own={own} />)) ?? purse.pay(CUT);
  yield '</div>';
}

function* caseHtml(each: Case, survey: Survey, purse: Purse): Iterable<string> {
  const isLong = each.hosts > MAX_OPEN;
  yield purse.pay(
    `<article class="case" data-status="${each.story.status}" data-severity="${each.worst ?? ''}">${renderToString(<CaseTitle of={each} />)}`,
  );
  if (isLong)
    yield purse.pay(
      `<details class="list"><summary>${renderToString(
        <>
          {many(each.hosts, 'host')}: {someNames(each)} …
        </>,
      )}</summary>`,
    );
  for (const variant of each.variants) yield* variantHtml(variant, each.hosts > 1, purse);
  if (isLong) yield '</details>';
  const whole = purse.payIfPossible(
    renderToString(
      <>
        <Chains of={each} survey={survey} />
        <Findings of={each} survey={survey} isWhole={true} />
      </>,
    ),
  );
  yield whole ?? purse.pay(`${renderToString(<Findings of={each} survey={survey} isWhole={false} />)}${CUT}`);
  yield '</article>\n';
}

function Filter({ survey }: { readonly survey: Survey }): VNode {
  return (
    <form class="filter" id="filter" hidden role="search" aria-label="Filter hosts">
      <label>
        Search{' '}
        <input type="search" id="filter-text" autocomplete="off" placeholder="host, group, owner, kernel, rule, text" />
      </label>
      <label>
        Status{' '}
        <select id="filter-status">
          <option value="">any</option>
          {Object.entries(HEADS).map(([status, [title]]) => (
            <option value={status}>{title}</option>
          ))}
        </select>
      </label>
      <label>
        Severity{' '}
        <select id="filter-severity">
          <option value="">any</option>
          {SEVERITIES.map((severity) => (
            <option value={severity}>{severity}</option>
          ))}
        </select>
      </label>
      <button type="button" id="unfold">
        Open all
      </button>
      <output id="filter-count" for="filter-text filter-status filter-severity" aria-live="polite">
        {many(survey.summary.hosts, 'host')}
      </output>
    </form>
  );
}

function opening(survey: Survey): VNode {
  return (
    <>
      <h2 id="hosts-title">Hosts</h2>
      <p class="more">
        Hosts that the same rules fail in the same way stand together; where a value is not the same on all of them, it
        stands at the host.{' '}
        {survey.unreached.length === 0 ? null : (
          <>
            Those that were not reached are <a href="#unreached">below</a>.
          </>
        )}
      </p>
      <Filter survey={survey} />
    </>
  );
}

/** Every host that was reached, the most urgent first, with its story. */
export function* hostsHtml(survey: Survey, writtenBytes: number): Iterable<string> {
  const { cases } = survey;
  const purse = openPurse(cases, writtenBytes);
  yield `<section id="hosts" aria-labelledby="hosts-title">${renderToString(opening(survey))}`;
  let status: HostStatus | undefined;
  for (const each of cases) {
    if (each.story.status !== status) {
      status = each.story.status;
      const [title, means] = HEADS[status];
      yield purse.pay(
        renderToString(
          <>
            <h3 class={status}>{title}</h3>
            <p class="more">{means}</p>
          </>,
        ),
      );
    }
    yield* caseHtml(each, survey, purse);
  }
  if (cases.length === 0) yield '<p>No host was reached.</p>';
  if (purse.cuts() > 0)
    yield `<p class="cut">${many(purse.cuts(), 'part')} of this section were shortened, so that the page stays small. No host was left out.</p>`;
  yield '</section>\n';
}
