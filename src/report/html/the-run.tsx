import type { ComponentChildren, VNode } from 'preact';
import type { FailingLimit, Gate, Rerun } from '../../model/report.js';
import { RESULTS } from '../../model/verdict.js';
import { TableCell, inWords, many, number, Wide } from './parts.js';
import { collectedAt } from '../phrases.js';
import type { Survey } from './survey.js';

function limitText({ percent, rule, group }: FailingLimit): string {
  return `${percent} % of hosts${group === undefined ? '' : ` of ${group}`} may fail${rule === undefined ? '' : ` ${rule}`}`;
}

function gateText(gate: Gate): string {
  return [
    gate.failOn === 'never'
      ? 'no finding fails the run'
      : `${gate.failOnNew === true ? 'new ' : ''}findings of severity ${gate.failOn} or above fail the run`,
    `${gate.minCoverage} % of the hosts must be decided`,
    ...(gate.maxFailing ?? []).map(limitText),
    ...(gate.allowEmpty ? ['zero hosts are allowed'] : []),
    ...(gate.exitZero ? ['exit 0 whatever was found'] : []),
  ].join('; ');
}

function rerunText({ asked, which, runs, gone, added = [] }: Rerun): string {
  const leftOut =
    added.length === 0 ? '' : `; ${many(added.length, 'host')} of the inventory in none of them, and not asked`;
  return `${many(asked, 'host')} (${which.join(', ')}); the others are as of ${runs.map(({ startedAt }) => startedAt).join(' and ')}${gone.length === 0 ? '' : `; ${many(gone.length, 'host')} of them ${gone.length === 1 ? 'is' : 'are'} no longer in the inventory`}${leftOut}`;
}

function Line({ name, children }: { readonly name: string; readonly children: ComponentChildren }): VNode {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{children}</td>
    </tr>
  );
}

/** How the report was made: enough to make it again, and to see that it is of the right thing. */
export function TheRun({ survey: { header, summary } }: { readonly survey: Survey }): VNode {
  return (
    <section id="run" aria-labelledby="run-title">
      <h2 id="run-title">The run</h2>
      <Wide label="Table of the run">
        <table class="pairs">
          <caption>What was asked, and with what</caption>
          <tbody>
            <Line name="started">
              {header.startedAt}, took {(summary.tookMs / 1000).toFixed(1)} s
              {summary.interrupted ? ', interrupted' : ''}
            </Line>
            {header.rerun === undefined ? null : <Line name="asked again">{rerunText(header.rerun)}</Line>}
            {collectedAt(header) === undefined ? null : <Line name="collected">{collectedAt(header)}</Line>}
            <Line name="inventory">
              {header.inventory.join(', ')}
              {header.limit === undefined ? '' : `, limit ${header.limit}`}
            </Line>
            <Line name="profile">
              {header.profileOverride === undefined ? 'of each host' : `${header.profileOverride} for all hosts`}
            </Line>
            <Line name="gate">{gateText(header.gate)}</Line>
            <Line name="coverage">
              {number(summary.coveredHosts)} of {many(summary.hosts, 'host')} decided at the severity of the gate
            </Line>
            <Line name="results">
              {inWords(RESULTS.map((result) => ({ name: result, value: summary.results[result] })))}
              {summary.waived === 0 ? '' : ` (${number(summary.waived)} waived)`}
            </Line>
            <Line name="run">{header.runId}</Line>
            <Line name="kernward">
              {header.kernward}, probe protocol {header.probe.protocol},{' '}
              <code class="digest">sha256 {header.probe.sha256}</code>
            </Line>
          </tbody>
        </table>
      </Wide>
      <Wide label="Table of policies">
        <table class="rows">
          <caption>Policies</caption>
          <thead>
            <tr>
              <th scope="col">policy</th>
              <th scope="col">title</th>
              <th scope="col">file</th>
              <th scope="col">sha256</th>
            </tr>
          </thead>
          <tbody>
            {header.policies.map(({ id, title, file, sha256 }) => (
              <tr>
                <th scope="row">
                  <code>{id}</code>
                </th>
                <TableCell label="title">{title}</TableCell>
                <TableCell label="file">{file}</TableCell>
                <TableCell label="sha256">
                  <code class="digest">{sha256}</code>
                </TableCell>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  );
}
