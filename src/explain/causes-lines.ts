import type { CauseStep, Causes, ChainBreak, Sign } from '../model/causes.js';
import { evidenceLines } from './fact-lines.js';
import { at, BLANK, numbered, section, type TextLine } from './layout.js';

const MARK = { begun: '! ', open: '? ', none: '' } as const satisfies Record<Sign['state'], string>;

function signLine({ state, text, rule }: Sign): TextLine {
  return at(4, rule === undefined ? text : `${text} [${rule}]`, MARK[state]);
}

function stepLines({ says, signs, grounds }: CauseStep, index: number): readonly TextLine[] {
  return [numbered(index + 1, says), ...signs.map(signLine), ...grounds.flatMap((evidence) => evidenceLines(evidence))];
}

function breakLines({ says, settings, mayBreak }: ChainBreak, index: number): readonly TextLine[] {
  return [
    numbered(index + 1, says),
    ...(settings === '' ? [] : [at(4, settings)]),
    ...(mayBreak === '' ? [] : [at(4, `May break: ${mayBreak}`)]),
  ];
}

/**
 * A chain of causes for a terminal: its links, what becomes of the machine, what breaks the chain and what does not.
 */
export function causesLines({
  heading,
  summary,
  steps,
  end,
  breaks,
  doesNotBreak,
  doesNotCure,
}: Causes): readonly TextLine[] {
  return [
    ...(summary === undefined ? [BLANK, at(0, heading)] : [...section(heading, [at(2, summary)]), BLANK, at(0, 'How')]),
    ...steps.flatMap(stepLines),
    at(1, end, '=> '),
    ...section('What breaks the chain, cheapest first', [
      ...breaks.flatMap(breakLines),
      ...doesNotBreak.map((text) => at(1, text, 'x  ')),
    ]),
    ...section('What the fix does not cure', doesNotCure === undefined ? [] : [at(2, doesNotCure)]),
  ];
}
