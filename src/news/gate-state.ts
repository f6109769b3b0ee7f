import type { GateState } from '../model/news.js';
import type { Summary } from '../model/report.js';

const BY_CODE: Readonly<Record<number, GateState>> = {
  0: 'passing',
  1: 'failing',
  2: 'nothing-checked',
  3: 'incomplete',
};

/** What the gate said of a run, whatever `--exit-zero` made of it. */
export function gateState({ exitCode, insteadOf }: Pick<Summary, 'exitCode' | 'insteadOf'>): GateState {
  return BY_CODE[insteadOf ?? exitCode] ?? 'broken';
}
