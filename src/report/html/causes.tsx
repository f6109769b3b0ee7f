import type { VNode } from 'preact';
import type { CauseStep, Causes, Sign } from '../../model/causes.js';
import { sentence } from '../../text/sentence.js';
import { DIFFERS } from './cases.js';
import { RuleRef, SettingList } from './parts.js';
import type { Survey } from './survey.js';

/** A text of a case as a sentence, or that it is another on each host. */
export function Say({ text }: { readonly text: string }): VNode {
  return text === DIFFERS ? <em class="differs">not the same on all of them: see the hosts</em> : <>{sentence(text)}</>;
}

const SIGN_WORD = { begun: 'begun', open: 'not known', none: '' } as const satisfies Record<Sign['state'], string>;

function Step({
  step: { says, signs, grounds },
  survey,
}: {
  readonly step: CauseStep;
  readonly survey: Survey;
}): VNode {
  return (
    <li>
      <p>
        <Say text={says} />
      </p>
      {signs.length + grounds.length === 0 ? null : (
        <ul class="grounds">
          {signs.map(({ state, text, rule }) => (
            <li class={state}>
              {state === 'none' ? null : <b>{SIGN_WORD[state]}: </b>}
              <Say text={text} /> {rule === undefined ? null : <RuleRef id={rule} survey={survey} />}
            </li>
          ))}
          {grounds.map(({ text, note }) => (
            <li>
              <Say text={text} />
              {note === '' ? null : (
                <small>
                  {' '}
                  <Say text={note} />
                </small>
              )}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Breaks({ breaks, doesNotBreak }: Causes): VNode | null {
  return breaks.length + doesNotBreak.length === 0 ? null : (
    <>
      <h5>What breaks the chain, cheapest first</h5>
      <ol class="breaks">
        {breaks.map(({ says, settings, mayBreak }) => (
          <li>
            <p>
              <Say text={says} />
            </p>
            <SettingList settings={settings} />
            {mayBreak === '' ? null : (
              <p>
                <b>May break:</b> {mayBreak}
              </p>
            )}
          </li>
        ))}
      </ol>
      {doesNotBreak.length === 0 ? null : (
        <ul class="not">
          {doesNotBreak.map((text) => (
            <li>
              <b>No:</b> <Say text={text} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** One chain of causes: the same words that `kernward explain` prints. */
export function Chain({ causes, survey }: { readonly causes: Causes; readonly survey: Survey }): VNode {
  return (
    <details class="chain">
      <summary>
        <span class="if">{causes.heading}:</span>{' '}
        {causes.summary === undefined ? <Say text={causes.end} /> : 'the known incident, link by link'}
      </summary>
      <div class="body">
        {causes.summary === undefined ? null : (
          <p>
            <Say text={causes.summary} />
          </p>
        )}
        <ol class="steps">
          {causes.steps.map((step) => (
            <Step step={step} survey={survey} />
          ))}
        </ol>
        <p class="end">
          ⇒ <Say text={causes.end} />
        </p>
        <Breaks {...causes} />
        {causes.doesNotCure === undefined ? null : (
          <>
            <h5>What the fix does not cure</h5>
            <p>{causes.doesNotCure}</p>
          </>
        )}
      </div>
    </details>
  );
}
