import type { VNode } from 'preact';
import { WAIVER_STATES, type WaiverSummary } from '../../model/report.js';
import { sentence } from '../../text/sentence.js';
import { WAIVER_MEANS } from '../drift-and-waivers.js';
import { TableCell, day, isDated, many, number, Wide } from './parts.js';
import type { Survey } from './survey.js';

function Row({ waiver }: { readonly waiver: WaiverSummary }): VNode {
  return (
    <tr>
      <th scope="row">
        <code>{waiver.id}</code>
      </th>
      <TableCell label="state">
        <span class={`tag waiver-${waiver.state}`}>{WAIVER_MEANS[waiver.state]}</span>
      </TableCell>
      <TableCell label="rule">
        <code>{waiver.rule}</code>
      </TableCell>
      <TableCell label="hosts">
        <code>{waiver.hosts}</code>
      </TableCell>
      <TableCell label="covers">
        <span class="number">{number(waiver.uses)}</span>
        {waiver.matches === waiver.uses ? null : (
          <>
            {' '}
            of <span class="number">{number(waiver.matches)}</span>
          </>
        )}
      </TableCell>
      <TableCell label="until" name={isDated(waiver.expires) ? 'day' : ''}>
        {day(waiver.expires)}
      </TableCell>
      <TableCell label="justification">
        {sentence(waiver.justification)}
        {waiver.owner === undefined ? '' : ` Owner: ${waiver.owner}.`}
        {waiver.approvedBy === undefined ? '' : ` Approved by ${waiver.approvedBy}.`}{' '}
        <small>
          {waiver.definedAt.file}:{waiver.definedAt.line}
        </small>
      </TableCell>
    </tr>
  );
}

function byState(a: WaiverSummary, b: WaiverSummary): number {
  return WAIVER_STATES.indexOf(a.state) - WAIVER_STATES.indexOf(b.state);
}

/** Every waiver that the run was given: those that need attention first. */
export function WaiversSection({ survey: { summary } }: { readonly survey: Survey }): VNode | null {
  const { waivers = [], waived } = summary;
  if (waivers.length === 0 && waived === 0) return null;
  return (
    <section id="waivers" aria-labelledby="waivers-title">
      <h2 id="waivers-title">Waivers</h2>
      <p class="more">{many(waived, 'result')} waived. A waiver changes no result: it stands beside it.</p>
      {waivers.length === 0 ? null : (
        <Wide label="Table of waivers">
          <table class="rows">
            <caption>Waivers, those that need a look first</caption>
            <thead>
              <tr>
                <th scope="col">waiver</th>
                <th scope="col">state</th>
                <th scope="col">rule</th>
                <th scope="col">hosts</th>
                <th scope="col">covers</th>
                <th scope="col">until</th>
                <th scope="col">justification</th>
              </tr>
            </thead>
            <tbody>
              {waivers.toSorted(byState).map((waiver) => (
                <Row waiver={waiver} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  );
}
