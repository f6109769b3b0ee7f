import type { VNode } from 'preact';
import { WAIVER_STATES, type WaiverSummary } from '../../model/report.js';
import { sentence } from '../../text/sentence.js';
import { WAIVER_MEANS } from '../drift-and-waivers.js';
import { Cell, day, isDay, many, number, Wide } from './parts.js';
import type { Survey } from './survey.js';

function Row({ waiver }: { readonly waiver: WaiverSummary }): VNode {
  return (
    <tr>
      <th scope="row">
        <code>{waiver.id}</code>
      </th>
      <Cell label="state">
        <span class={`tag waiver-${waiver.state}`}>{WAIVER_MEANS[waiver.state]}</span>
      </Cell>
      <Cell label="rule">
        <code>{waiver.rule}</code>
      </Cell>
      <Cell label="hosts">
        <code>{waiver.hosts}</code>
      </Cell>
      <Cell label="covers">
        <span class="number">{number(waiver.uses)}</span>
        {waiver.matches === waiver.uses ? null : (
          <>
            {' '}
            of <span class="number">{number(waiver.matches)}</span>
          </>
        )}
      </Cell>
      <Cell label="until" name={isDay(waiver.expires) ? 'day' : ''}>
        {day(waiver.expires)}
      </Cell>
      <Cell label="justification">
        {sentence(waiver.justification)}
        {waiver.owner === undefined ? '' : ` Owner: ${waiver.owner}.`}
        {waiver.approvedBy === undefined ? '' : ` Approved by ${waiver.approvedBy}.`}{' '}
        <small>
          {waiver.definedAt.file}:{waiver.definedAt.line}
        </small>
      </Cell>
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
