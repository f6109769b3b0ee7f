import type { VNode } from 'preact';
import type { Bucket } from '../fleet-tally.js';
import { HOST_STATUSES } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import { BlastSection, GroupRules } from './blast.js';
import { HeatMap } from './heat-map.js';
import { formatGate, formatStatuses, STATUS_WORDS } from '../status-words.js';
import { Bar, many, number, statusShares, Wide } from './parts.js';
import type { Survey } from './survey.js';

/** Rows of a table; the worst come first, and what is left out is said. */
const MAX_ROWS = 100;

function nameOf({ kind, name }: Bucket): string {
  if (name !== '') return name;
  return kind === 'group' ? '(in no group)' : '(no owner)';
}

function isTroubled({ hosts, statuses }: Bucket): number {
  return hosts - statuses.clean;
}

function byTrouble(a: Bucket, b: Bucket): number {
  return (
    b.statuses.failing - a.statuses.failing ||
    SEVERITIES.reduce((order, severity) => order || b.fails[severity] - a.fails[severity], 0) ||
    isTroubled(b) - isTroubled(a) ||
    (a.name < b.name ? -1 : Number(a.name > b.name))
  );
}

function Row({ bucket, survey }: { readonly bucket: Bucket; readonly survey: Survey }): VNode {
  const shares = statusShares(bucket.statuses);
  return (
    <tr>
      <th scope="row">{nameOf(bucket)}</th>
      <td class="number">{number(bucket.hosts)}</td>
      <td class="graph">
        <Bar shares={shares} whole={bucket.hosts} label={formatStatuses(bucket.statuses, survey.header.gate)} />
      </td>
      {HOST_STATUSES.map((status) => (
        <td class={`number${bucket.statuses[status] === 0 ? ' zero' : ''}`}>{number(bucket.statuses[status])}</td>
      ))}
      {SEVERITIES.map((severity) => (
        <td class={`number${bucket.fails[severity] === 0 ? ' zero' : ''}`}>{number(bucket.fails[severity])}</td>
      ))}
      <td class={`number${bucket.waived === 0 ? ' zero' : ''}`}>{number(bucket.waived)}</td>
      {survey.header.baseline === undefined ? null : (
        <td class="number">
          {bucket.change === undefined
            ? ''
            : `+${number(bucket.change.newlyFailing)} −${number(bucket.change.resolved)}`}
        </td>
      )}
      {survey.fleet.oldestDays === undefined ? null : (
        <td class="number">{bucket.oldestDays === undefined ? '' : number(bucket.oldestDays)}</td>
      )}
    </tr>
  );
}

function Table({
  buckets,
  what,
  survey,
}: {
  readonly buckets: readonly Bucket[];
  readonly what: string;
  readonly survey: Survey;
}): VNode {
  const gate = formatGate(survey.header.gate);
  return (
    <>
      <Wide label={`Table of ${what}s`}>
        <table class="buckets">
          <caption>
            By {what}: hosts by status{gate === '' ? '' : ` (failing: ${gate})`}, unwaived fails by severity
          </caption>
          <thead>
            <tr>
              <th scope="col">{what}</th>
              <th scope="col" class="number">
                hosts
              </th>
              <th scope="col">share</th>
              {HOST_STATUSES.map((status) => (
                <th scope="col" class="number">
                  {STATUS_WORDS[status]}
                </th>
              ))}
              {SEVERITIES.map((severity) => (
                <th scope="col" class="number">
                  {severity}
                </th>
              ))}
              <th scope="col" class="number">
                waived
              </th>
              {survey.header.baseline === undefined ? null : (
                <th scope="col" class="number">
                  new, resolved
                </th>
              )}
              {survey.fleet.oldestDays === undefined ? null : (
                <th scope="col" class="number">
                  oldest, days
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {buckets
              .toSorted(byTrouble)
              .slice(0, MAX_ROWS)
              .map((bucket) => (
                <Row bucket={bucket} survey={survey} />
              ))}
          </tbody>
        </table>
      </Wide>
      {buckets.length > MAX_ROWS ? (
        <p class="more">
          … and {many(buckets.length - MAX_ROWS, `more ${what}`)}: the <code>csv-summary</code> format has all of them.
        </p>
      ) : null}
    </>
  );
}

function isNamed({ name }: Bucket): boolean {
  return name !== '';
}

/** Which part of the fleet fails, and what. */
export function Groups({ survey }: { readonly survey: Survey }): VNode {
  return (
    <section id="groups" aria-labelledby="groups-title">
      <h2 id="groups-title">Groups</h2>
      {survey.groups.some(isNamed) ? (
        <Table buckets={survey.groups} what="group" survey={survey} />
      ) : (
        <p>The inventory has no groups.</p>
      )}
      {survey.owners.some(isNamed) ? <Table buckets={survey.owners} what="owner" survey={survey} /> : null}
      <HeatMap survey={survey} />
      <GroupRules survey={survey} />
      <BlastSection survey={survey} />
      {survey.fleet.oldestDays === undefined ? null : (
        <p class="more">The oldest open finding began {many(survey.fleet.oldestDays, 'day')} before the run.</p>
      )}
    </section>
  );
}
