import type { VNode } from 'preact';
import type { Bucket } from '../fleet-tally.js';
import { HOST_STATUSES } from '../../model/report.js';
import { SEVERITIES } from '../../model/verdict.js';
import { BlastSection, GroupRules } from './blast.js';
import { HeatMap } from './heat-map.js';
import { formatGate, formatStatuses, STATUS_WORDS } from '../status-words.js';
import { Bar, TableCell, Counts, many, number, NumberCell, statusShares, Wide } from './parts.js';
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

function Row({
  bucket,
  survey,
  what,
}: {
  readonly bucket: Bucket;
  readonly survey: Survey;
  readonly what: string;
}): VNode {
  const { hosts, statuses, fails, waived, change, oldestDays } = bucket;
  return (
    <tr>
      <th scope="row">
        <span class="label">{what} </span>
        {nameOf(bucket)}
      </th>
      <NumberCell label="hosts" value={hosts} />
      <NumberCell label="failing" value={statuses.failing} />
      <TableCell label="share" name="graph">
        <Bar shares={statusShares(statuses)} whole={hosts} label={formatStatuses(statuses, survey.header.gate)} />
      </TableCell>
      <TableCell label="other hosts">
        <Counts
          counts={HOST_STATUSES.filter((status) => status !== 'failing').map((status) => [
            statuses[status],
            STATUS_WORDS[status],
          ])}
        />
      </TableCell>
      <TableCell label="findings">
        <Counts
          counts={[
            ...SEVERITIES.map((severity) => [fails[severity], severity] as const),
            [waived, waived === 1 ? 'result waived' : 'results waived'],
          ]}
        />
      </TableCell>
      {survey.header.baseline === undefined ? null : (
        <TableCell label="change">
          <Counts
            counts={[
              [change?.newlyFailing ?? 0, 'new'],
              [change?.resolved ?? 0, 'resolved'],
            ]}
          />
        </TableCell>
      )}
      {survey.fleet.oldestDays === undefined ? null : (
        <TableCell label="oldest, days" name="number">
          {oldestDays === undefined ? '' : number(oldestDays)}
        </TableCell>
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
        <table class="rows buckets">
          <caption>
            By {what}: hosts by status{gate === '' ? '' : ` (failing: ${gate})`}, unwaived fails by severity
          </caption>
          <thead>
            <tr>
              <th scope="col">{what}</th>
              <th scope="col" class="number">
                hosts
              </th>
              <th scope="col" class="number">
                failing
              </th>
              <th scope="col">share</th>
              <th scope="col">other hosts</th>
              <th scope="col">findings</th>
              {survey.header.baseline === undefined ? null : <th scope="col">change</th>}
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
                <Row bucket={bucket} survey={survey} what={what} />
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
