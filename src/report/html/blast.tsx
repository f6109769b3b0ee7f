import type { VNode } from 'preact';
import { sentence } from '../../text/sentence.js';
import {
  formatImpact,
  groupFindings,
  largestWhole,
  openSets,
  formatSet,
  formatTrigger,
  withoutGroup,
  worstImpacts,
} from '../blast-radius.js';
import { Bar, TableCell, many, NumberCell, ResultMark, SeverityMark, Wide } from './parts.js';
import type { Survey } from './survey.js';

/** Rows of each table; the worst come first, and what is left out is said. */
const MAX_ROWS = 50;

function more(left: number, what: string): VNode | null {
  return left <= 0 ? null : (
    <p class="more">
      … and {many(left, `more ${what}`)}: the <code>csv-groups</code> format has all of them.
    </p>
  );
}

/** Results of rules over groups that need attention. */
export function GroupRules({ survey: { header, summary } }: { readonly survey: Survey }): VNode | null {
  const findings = groupFindings(summary);
  const titles = new Map((header.groupRules ?? []).map((rule) => [rule.id, rule]));
  if ((header.groupRules ?? []).length + findings.length === 0) return null;
  return (
    <div id="group-rules">
      <h3>Rules over groups</h3>
      {findings.length === 0 ? (
        <p>None fails or is undecided.</p>
      ) : (
        <ul class="findings">
          {findings.slice(0, MAX_ROWS).map(({ rule, severity, result, because, ...set }) => (
            <li class="finding">
              <p class="lead">
                <SeverityMark severity={severity} /> <ResultMark result={result} /> <b>{formatSet(set)}</b>:{' '}
                <span class="title">{titles.get(rule)?.title ?? ''}</span> <code>{rule}</code>
              </p>
              <p>{because}</p>
              {(titles.get(rule)?.remediation ?? '') === '' ? null : (
                <p class="todo">
                  <b>To do:</b> {titles.get(rule)?.remediation}
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
      {more(findings.length - MAX_ROWS, 'result')}
      {withoutGroup(header, summary).map((line) => (
        <p class="more">{sentence(line)}</p>
      ))}
    </div>
  );
}

/** How much of a group goes down at once. */
export function BlastSection({ survey: { summary } }: { readonly survey: Survey }): VNode | null {
  const sets = summary.blast ?? [];
  const falls = worstImpacts(sets);
  const whole = largestWhole(sets);
  const notKnown = openSets(sets).length;
  if (falls.length === 0 && notKnown === 0) return null;
  return (
    <div id="blast">
      <h3>Blast radius</h3>
      {whole === undefined ? null : (
        <p>
          The largest group that can go down as a whole: <b>{formatSet(whole.set)}</b> ({many(whole.set.hosts, 'host')}
          ), on {formatTrigger(whole.exposure.trigger)}.
        </p>
      )}
      {falls.length === 0 ? null : (
        <Wide label="Table of blast radius">
          <table class="rows">
            <caption>
              Hosts that go down when the same thing happens to all of a group: of each the worst trigger
            </caption>
            <thead>
              <tr>
                <th scope="col">group</th>
                <th scope="col">on</th>
                <th scope="col">share</th>
                <th scope="col">go down</th>
                <th scope="col" class="number">
                  reboot
                </th>
                <th scope="col" class="number">
                  freeze
                </th>
              </tr>
            </thead>
            <tbody>
              {falls.slice(0, MAX_ROWS).map((fall) => (
                <tr>
                  <th scope="row">{formatSet(fall.set)}</th>
                  <TableCell label="on">{formatTrigger(fall.exposure.trigger)}</TableCell>
                  <TableCell label="share" name="graph">
                    <Bar
                      shares={[
                        { name: 'failing', value: fall.least },
                        { name: 'undecided', value: fall.most - fall.least },
                      ]}
                      whole={fall.set.hosts}
                      label=""
                    />
                  </TableCell>
                  <TableCell label="go down">{formatImpact(fall)}</TableCell>
                  <NumberCell label="reboot" value={fall.exposure.reboots} />
                  <NumberCell label="freeze" value={fall.exposure.freezes} />
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {more(falls.length - MAX_ROWS, 'group')}
      {notKnown === 0 ? null : (
        <p class="more">
          In {many(notKnown, falls.length === 0 ? 'group' : 'other group')} nothing is known to go down, and some hosts
          were not reached or are undecided.
        </p>
      )}
    </div>
  );
}
