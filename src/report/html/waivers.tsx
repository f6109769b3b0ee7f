import type { VNode } from 'preact';
import { WAIVER_STATES, type WaiverSummary } from '../../model/report.js';
import { sentence } from '../../text/sentence.js';
import { WAIVER_MEANS } from '../drift-and-waivers.js';
import { day, many, number, Wide } from './parts.js';
import type { Survey } from './survey.js';

function Row({ waiver }: { readonly waiver: WaiverSummary }): VNode {
  return (
    <tr>
      <th scope="row">
        <code>{waiver.id}</code>
      </th>
      <td>
        <span class={`tag waiver-${waiver.state}`}>{WAIVER_MEANS[waiver.state]}</span>
      </td>
      <td>
        <code>{waiver.rule}</code>
      </td>
      <td>
        <code>{waiver.hosts}</code>
      </td>
      <td class="number">
        {number(waiver.uses)}
        {waiver.matches === waiver.uses ? '' : ` of ${number(waiver.matches)}`}
      </td>
      <td class="day">{day(waiver.expires)}</td>
      <td>
        {sentence(waiver.justification)}
        {waiver.owner === undefined ? '' : ` Owner: ${waiver.owner}.`}
        {waiver.approvedBy === undefined ? '' : ` Approved by ${waiver.approvedBy}.`}{' '}
        <small>
          {waiver.definedAt.file}:{waiver.definedAt.line}
        </small>
      </td>
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
          <table>
            <caption>Waivers, those that need a look first</caption>
            <thead>
              <tr>
                <th scope="col">waiver</th>
                <th scope="col">state</th>
                <th scope="col">rule</th>
                <th scope="col">hosts</th>
                <th scope="col" class="number">
                  covers
                </th>
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
