import type { VNode } from 'preact';
import { groupFindings } from '../blast-radius.js';
import { Bar, many, RuleRef, SeverityMark, ToDo } from './parts.js';
import type { RuleTally, Survey } from './survey.js';

/** How many rules stand at the top of the page; the section on rules has all. */
const MAX_RULES = 8;

function RuleItem({ tally, survey }: { readonly tally: RuleTally; readonly survey: Survey }): VNode {
  return (
    <li class="item">
      <p class="lead">
        <SeverityMark severity={tally.rule.severity} /> <b>{tally.rule.title}</b>{' '}
        <RuleRef id={tally.rule.id} survey={survey} />
      </p>
      <p class="count">
        <Bar shares={[{ name: tally.rule.severity, value: tally.fails }]} whole={survey.summary.hosts} label="" />
        <span>
          fails on {many(tally.fails, 'host')}
          {tally.undecided === 0 ? '' : `, undecided on ${many(tally.undecided, 'more', 'more')}`}
          {tally.newlyFailing === 0 ? '' : `, new on ${many(tally.newlyFailing, 'host')}`}
        </span>
      </p>
      <ToDo rule={tally} />
    </li>
  );
}

function unreachedItem({ unreached }: Survey): VNode | null {
  const hosts = unreached.reduce((sum, each) => sum + each.hosts.length, 0);
  return hosts === 0 ? null : (
    <li class="item">
      <p class="lead">
        <span class="mark unreachable">not reached</span> <b>{many(hosts, 'host')}</b>, of which nothing is known:{' '}
        <a href="#unreached">why, and the way out</a>
      </p>
      <p>{unreached.map(({ means, hosts: all }) => `${many(all.length, 'host')}: ${means}`).join('; ')}.</p>
    </li>
  );
}

function collectorItem({ otherCollectors }: Survey): VNode | null {
  return otherCollectors === 0 ? null : (
    <li class="item">
      <p class="lead">
        <span class="mark undecided">collector</span>{' '}
        <b>{many(otherCollectors, 'host')} with another collector than this kernward prints:</b> what it does not ask
        for is not known.
      </p>
    </li>
  );
}

function GroupItem({ survey }: { readonly survey: Survey }): VNode | null {
  const findings = groupFindings(survey.summary);
  const [worst] = findings;
  return worst === undefined ? null : (
    <li class="item">
      <p class="lead">
        <SeverityMark severity={worst.severity} /> <b>{many(findings.length, 'result')} of rules over groups</b> to look
        at: <a href="#group-rules">which groups, and why</a>
      </p>
    </li>
  );
}

function UndecidedItem({ survey }: { readonly survey: Survey }): VNode | null {
  const open = survey.rules.filter(({ fails, undecided }) => fails === 0 && undecided > 0);
  const { unchecked } = survey.summary.statuses;
  if (open.length === 0 && unchecked === 0) return null;
  return (
    <li class="item">
      <p class="lead">
        <span class="mark undecided">undecided</span> <b>What could not be told is no pass.</b>
      </p>
      {unchecked === 0 ? null : <p>{many(unchecked, 'host')}: nothing was checked, no rule passed or failed.</p>}
      {open.length === 0 ? null : (
        <p>
          {many(open.length, 'rule')} that no host fails and some leave open:{' '}
          {open.slice(0, MAX_RULES).map(({ rule }) => (
            <>
              {' '}
              <RuleRef id={rule.id} survey={survey} />
            </>
          ))}
          {open.length > MAX_RULES ? ` and ${open.length - MAX_RULES} more` : ''}
        </p>
      )}
    </li>
  );
}

/** What somebody should do something about, the worst first. */
export function AttentionSection({ survey }: { readonly survey: Survey }): VNode {
  const failing = survey.rules.filter(({ fails }) => fails > 0);
  const left = failing.length - MAX_RULES;
  const items = [
    ...failing.slice(0, MAX_RULES).map((tally) => <RuleItem tally={tally} survey={survey} />),
    <GroupItem survey={survey} />,
    unreachedItem(survey),
    collectorItem(survey),
    <UndecidedItem survey={survey} />,
  ];
  const quiet =
    failing.length === 0 &&
    groupFindings(survey.summary).length === 0 &&
    survey.unreached.length + survey.otherCollectors === 0 &&
    survey.summary.statuses.undecided + survey.summary.statuses.unchecked === 0;
  return (
    <section id="attention" aria-labelledby="attention-title">
      <h2 id="attention-title">What needs attention</h2>
      {quiet ? (
        <p>
          {survey.summary.hosts === 0
            ? 'No host was asked: nothing is shown.'
            : 'Nothing: every host was reached, and no rule fails or is undecided unwaived.'}
        </p>
      ) : (
        <ol class="items">{items}</ol>
      )}
      {left > 0 ? (
        <p class="more">
          … and <a href="#rules">{many(left, 'more failing rule')}</a>.
        </p>
      ) : null}
    </section>
  );
}
