import type { VNode } from 'preact';
import { DIFFERS, type Case, type HostLine, type OwnText } from './cases.js';
import { Chain, Say } from './causes.js';
import { day, DriftMark, many, ResultMark, RuleRef, SeverityMark, ToDo } from './parts.js';
import { isGrouped, type GroupedFinding } from './story.js';
import type { Survey } from './survey.js';

const MAX_TITLE = 3;

function Since({ since }: { readonly since: string }): VNode | null {
  if (since === '') return null;
  return since === DIFFERS ? <small> since: see the hosts</small> : <small> since {day(since)}</small>;
}

function Finding({
  finding,
  survey,
  isWhole,
}: {
  readonly finding: GroupedFinding;
  readonly survey: Survey;
  readonly isWhole: boolean;
}): VNode {
  const { rule, severity, result, because, since, drift, waiver } = finding;
  const tally = survey.byId.get(rule);
  const isUntilNextBoot = result === 'pass' || result === 'notapplicable';
  return (
    <li class={`finding ${result}${waiver === undefined ? '' : ' waived'}`}>
      <p class="lead">
        <SeverityMark severity={severity} />{' '}
        {result === 'fail' ? null : (
          <>{isUntilNextBoot ? <span class="result">until the next boot</span> : <ResultMark result={result} />} </>
        )}
        <span class="title">{tally?.rule.title ?? ''}</span> <RuleRef id={rule} survey={survey} />
        {drift === undefined ? null : (
          <>
            {' '}
            <DriftMark drift={drift} />
          </>
        )}
        <Since since={since} />
      </p>
      <p class="because">
        <Say text={because} />
      </p>
      {waiver === undefined ? null : (
        <p class="waiver">
          <b>Waived</b> by {waiver.id}, until {day(waiver.expires)}: {waiver.justification}
        </p>
      )}
      {isWhole && result === 'fail' && waiver === undefined && tally !== undefined ? <ToDo rule={tally} /> : null}
    </li>
  );
}

function titleOf({ story, hosts, variants }: Case): string {
  const [first] = variants;
  if (hosts === 1) return first?.hosts[0]?.name ?? '';
  const rules = story.findings
    .filter(({ waiver, result }) => waiver === undefined && isGrouped({ result }))
    .map(({ rule }) => rule);
  if (rules.length === 0) return many(hosts, 'host');
  const left = rules.length - MAX_TITLE;
  return `${many(hosts, 'host')}: ${rules.slice(0, MAX_TITLE).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

export function CaseTitle({ of }: { readonly of: Case }): VNode {
  return (
    <h4>
      {of.worst === undefined ? null : (
        <>
          <SeverityMark severity={of.worst} />{' '}
        </>
      )}
      {titleOf(of)}
    </h4>
  );
}

/** @param isWhole with what to do, or without, where the page would grow too large */
export function Findings({
  of: { story },
  survey,
  isWhole,
}: {
  readonly of: Case;
  readonly survey: Survey;
  readonly isWhole: boolean;
}): VNode | null {
  return story.findings.length === 0 ? null : (
    <ul class="findings">
      {story.findings.map((finding) => (
        <Finding finding={finding} survey={survey} isWhole={isWhole} />
      ))}
    </ul>
  );
}

export function Chains({ of: { story }, survey }: { readonly of: Case; readonly survey: Survey }): VNode {
  return (
    <>
      {story.causes.map((causes) => (
        <Chain causes={causes} survey={survey} />
      ))}
    </>
  );
}

export function Own({ own }: { readonly own: readonly OwnText[] }): VNode {
  return (
    <ul class="own">
      {own.map(({ of, text }) => (
        <li>
          {of === '' ? null : <b>{of}: </b>}
          {text}
        </li>
      ))}
    </ul>
  );
}

/** What is known of a host at a glance, in one line; without its name where the heading says it. */
export function HostItem({
  line,
  detail,
  isNamed = true,
}: {
  readonly line: HostLine;
  readonly detail?: string;
  readonly isNamed?: boolean;
}): VNode {
  const { name, address, groups, owner, profile, distribution, kernel, isNew, notes } = line;
  const about = [address, groups, owner, profile, distribution, kernel, notes].filter((text) => text !== '');
  return (
    <li class="host">
      {isNamed ? (
        <>
          <b>{name}</b>{' '}
        </>
      ) : null}
      {isNew ? (
        <>
          <span class="tag new-host">new host</span>{' '}
        </>
      ) : null}
      <span>{about.join(' · ')}</span>
      {detail === undefined ? null : <p>{detail}</p>}
    </li>
  );
}

/** The first names, for a list that is closed. */
export function someNames({ variants }: Case): string {
  const names = variants
    .slice(0, MAX_TITLE)
    .flatMap(({ hosts }) => hosts.slice(0, MAX_TITLE).map(({ name }) => name))
    .slice(0, MAX_TITLE);
  return names.join(', ');
}
