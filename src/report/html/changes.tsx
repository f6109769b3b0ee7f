import type { VNode } from 'preact';
import { many, number, RuleRef } from './parts.js';
import type { RuleTally, Survey } from './survey.js';

/** Names that fit a paragraph. */
const MAX_NAMES = 40;

function names(all: readonly string[]): string {
  return `${all.slice(0, MAX_NAMES).join(', ')}${all.length > MAX_NAMES ? ` and ${number(all.length - MAX_NAMES)} more` : ''}`;
}

function RuleList({
  title,
  rules,
  count,
  survey,
}: {
  readonly title: string;
  readonly rules: readonly RuleTally[];
  readonly count: (rule: RuleTally) => number;
  readonly survey: Survey;
}): VNode | null {
  const some = rules.filter((rule) => count(rule) > 0).toSorted((a, b) => count(b) - count(a));
  return some.length === 0 ? null : (
    <p>
      <b>{title}:</b>{' '}
      {some.slice(0, MAX_NAMES).map((rule, index) => (
        <>
          {index === 0 ? '' : ', '}
          <RuleRef id={rule.rule.id} survey={survey} /> ({number(count(rule))})
        </>
      ))}
      .
    </p>
  );
}

/** How the run differs from its baseline. */
export function Changes({ survey }: { readonly survey: Survey }): VNode | null {
  const { baseline } = survey.header;
  const { drift } = survey.summary;
  if (baseline === undefined) return null;
  return (
    <section id="changes" aria-labelledby="changes-title">
      <h2 id="changes-title">Changes</h2>
      <p class="more">
        Since the run of <time>{baseline.startedAt}</time> ({baseline.from}).
      </p>
      {drift === undefined ? null : (
        <dl class="figures">
          <div class="figure failing">
            <dt>newly failing</dt>
            <dd>{number(drift.verdicts['newly-failing'])}</dd>
          </div>
          <div class="figure">
            <dt>still failing</dt>
            <dd>{number(drift.verdicts['still-failing'])}</dd>
          </div>
          <div class="figure clean">
            <dt>resolved</dt>
            <dd>{number(drift.verdicts.resolved)}</dd>
          </div>
          <div class="figure unreachable">
            <dt>no longer known</dt>
            <dd>{number(drift.verdicts['no-longer-known'])}</dd>
          </div>
        </dl>
      )}
      <RuleList title="Newly failing" rules={survey.rules} count={({ newlyFailing }) => newlyFailing} survey={survey} />
      <RuleList title="Resolved" rules={survey.rules} count={({ resolved }) => resolved} survey={survey} />
      {drift === undefined || drift.newHosts === 0 ? null : (
        <p>{many(drift.newHosts, 'host')} that the baseline does not have.</p>
      )}
      {baseline.gone.length === 0 ? null : (
        <p>
          <b>{many(baseline.gone.length, 'host')} gone from the inventory:</b> {names(baseline.gone)}.
        </p>
      )}
      {baseline.notSelected === 0 ? null : (
        <p>
          {many(baseline.notSelected, 'host')} of the baseline {baseline.notSelected === 1 ? 'was' : 'were'} not asked
          by this run.
        </p>
      )}
      {baseline.newRules.length + baseline.goneRules.length === 0 ? null : (
        <p>
          Rules that only this run has: {names(baseline.newRules) || 'none'}. Rules that only the baseline has:{' '}
          {names(baseline.goneRules) || 'none'}.
        </p>
      )}
    </section>
  );
}
