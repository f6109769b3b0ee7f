import type { VNode } from 'preact';
import { RESULTS } from '../../model/verdict.js';
import {
  Bar,
  TableCell,
  many,
  number,
  NumberCell,
  Reference,
  RESULT_MARK,
  SeverityMark,
  SettingList,
  Wide,
} from './parts.js';
import type { RuleTally, Survey } from './survey.js';

const MAX_GROUPS = 12;

function groupsOf({ groups }: RuleTally): VNode | null {
  const sorted = [...groups].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const left = sorted.length - MAX_GROUPS;
  return sorted.length === 0 ? null : (
    <p>
      Fails in{' '}
      {sorted
        .slice(0, MAX_GROUPS)
        .map(([group, hosts]) => `${group} (${number(hosts)})`)
        .join(', ')}
      {left > 0 ? ` and ${many(left, 'more group')}` : ''}.
    </p>
  );
}

function Conflicts({ rule: { conflicts = [] } }: { readonly rule: RuleTally['rule'] }): VNode | null {
  return conflicts.length === 0 ? null : (
    <>
      <h3>What asks for the opposite</h3>
      <ul>
        {conflicts.map(({ with: other, says, profile, source }) => (
          <li>
            {other}: {says}
            {profile === undefined ? '' : ` The profile ${profile} agrees with it.`} <Reference text={source} />
          </li>
        ))}
      </ul>
    </>
  );
}

function resultsOf({ results, waived }: RuleTally): string {
  return [
    ...RESULTS.filter((result) => results[result] > 0).map((result) => `${number(results[result])} ${result}`),
    ...(waived === 0 ? [] : [`${number(waived)} of them waived`]),
  ].join(', ');
}

function RuleText({ tally, hosts }: { readonly tally: RuleTally; readonly hosts: number }): VNode {
  const { rule, anchor } = tally;
  return (
    <details class="rule">
      <summary>
        <span>
          <SeverityMark severity={rule.severity} /> <span class="title">{rule.title}</span> <code>{rule.id}</code>
        </span>
        <span class="count">
          <Bar
            shares={[
              { name: rule.severity, value: tally.fails },
              { name: 'undecided', value: tally.undecided },
            ]}
            whole={hosts}
            label=""
          />
          <span>
            {many(tally.fails, 'host')}
            {tally.undecided === 0 ? '' : `, ${number(tally.undecided)} undecided`}
          </span>
        </span>
      </summary>
      <div class="body" id={anchor}>
        <p>{rule.rationale}</p>
        {rule.remediation === '' && rule.settings === '' ? null : (
          <>
            <h3>To do</h3>
            <p>{rule.remediation}</p>
            <SettingList settings={rule.settings} />
          </>
        )}
        {rule.mayBreak === '' ? null : (
          <>
            <h3>What that may break</h3>
            <p>{rule.mayBreak}</p>
          </>
        )}
        <Conflicts rule={rule} />
        {rule.references.length === 0 ? null : (
          <>
            <h3>References</h3>
            <ul class="references">
              {rule.references.map((text) => (
                <li>
                  <Reference text={text} />
                </li>
              ))}
            </ul>
          </>
        )}
        <h3>On these hosts</h3>
        <p>Results: {resultsOf(tally)}.</p>
        {groupsOf(tally)}
      </div>
    </details>
  );
}

function Quiet({ rules }: { readonly rules: readonly RuleTally[] }): VNode {
  const given = RESULTS.filter((result) => rules.some(({ results }) => results[result] > 0));
  const isWaived = rules.some(({ waived }) => waived > 0);
  return (
    <details class="quiet">
      <summary>{many(rules.length, 'rule')} that no host fails or leaves open</summary>
      <Wide label="Rules that no host fails">
        <table class="rows results">
          <caption>Results by rule</caption>
          <thead>
            <tr>
              <th scope="col">rule</th>
              <th scope="col">title</th>
              <th scope="col">severity</th>
              {given.map((result) => (
                <th scope="col" class="number">
                  {RESULT_MARK[result]}
                </th>
              ))}
              {isWaived ? (
                <th scope="col" class="number">
                  waived
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {rules.map(({ rule, anchor, results, waived }) => (
              <tr id={anchor}>
                <th scope="row">
                  <code>{rule.id}</code>
                </th>
                <TableCell label="title">{rule.title}</TableCell>
                <TableCell label="severity">{rule.severity}</TableCell>
                {given.map((result) => (
                  <NumberCell label={RESULT_MARK[result]} value={results[result]} />
                ))}
                {isWaived ? <NumberCell label="waived" value={waived} /> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </details>
  );
}

/** Every rule of the run: those that need something done in full, the others as a table of results. */
export function RulesSection({ survey }: { readonly survey: Survey }): VNode {
  const told = survey.rules.filter(({ fails, undecided, waived }) => fails + undecided + waived > 0);
  const quiet = survey.rules.filter((rule) => !told.includes(rule));
  return (
    <section id="rules" aria-labelledby="rules-title">
      <h2 id="rules-title">Rules</h2>
      {told.length === 0 ? (
        <p>No rule fails or is undecided on a host that was reached.</p>
      ) : (
        <p class="more">
          By severity, then by hosts that fail. Each opens to why it matters, what to do, and what that may break.
        </p>
      )}
      {told.map((tally) => (
        <RuleText tally={tally} hosts={survey.summary.hosts} />
      ))}
      {quiet.length === 0 ? null : <Quiet rules={quiet} />}
    </section>
  );
}
