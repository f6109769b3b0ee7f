import type { FactId, Reading, ReadingLookup } from '../../model/reading.js';
import type { Evidence } from '../../model/verdict.js';
import { assertNever } from './assert-never.js';
import { operate } from './operators.js';
import { withDescendants, type Node } from './node.js';
import {
  bothUndecided,
  fault,
  isList,
  isMap,
  isUndecided,
  readFact,
  showCelValue,
  type CelValue,
  type UndecidedReason,
  type Undecided,
} from './value.js';

/**
 * What an expression gave, and every fact it read to get there, in the order of reading.
 *
 * `doubts` are exactly those that no `&&`, `||`, `all` or `exists` could do without: had each of them a value, the
 * expression might be decided.
 */
export type Evaluation =
  | { readonly decided: true; readonly value: CelValue; readonly evidence: readonly Evidence[] }
  | { readonly decided: false; readonly doubts: readonly UndecidedReason[]; readonly evidence: readonly Evidence[] };

type Result = CelValue | Undecided;

/** One evaluation under way. */
interface Frame {
  readonly readings: ReadingLookup;
  readonly read: Map<FactId, { readonly reading: Reading; readonly result: Result }>;
  readonly locals: CelValue[];
  /** Work that is left, see `MOST_WORK`. */
  work: number;
}

type Step = (frame: Frame) => Result;

/** Nodes evaluated in loops, plus one for every 64 characters or items handled: well under 50 ms. */
const MOST_WORK = 100_000;
const TOO_MUCH_WORK = `the expression takes more than ${MOST_WORK} steps`;

function weightOf(value: CelValue): number {
  if (typeof value === 'string' || isList(value)) return value.length;
  return isMap(value) ? value.size : 0;
}

/** Takes the work off the frame; false when there is none left. */
function spend(frame: Frame, work: number): boolean {
  return (frame.work -= work) >= 0;
}

function spendOn(frame: Frame, values: readonly CelValue[]): boolean {
  return spend(frame, values.reduce((sum: number, value) => sum + weightOf(value), 0) / 64);
}

function notBool(): Undecided {
  return fault('a condition is neither true nor false');
}

/** Strict in all operands: any doubt is a doubt of the whole. */
function evaluateAll(
  steps: readonly Step[],
  frame: Frame,
): { readonly values: readonly CelValue[]; readonly undecided?: Undecided } {
  const values: CelValue[] = [];
  let undecided: Undecided | undefined;
  for (const step of steps) {
    const result = step(frame);
    if (!isUndecided(result)) values.push(result);
    else undecided = undecided === undefined ? result : bothUndecided(undecided, result);
  }
  return undecided === undefined ? { values } : { values, undecided };
}

function strict(nodes: readonly Node[], apply: (values: readonly CelValue[], frame: Frame) => Result): Step {
  const steps = nodes.map(stepOf);
  return (frame) => {
    const { values, undecided } = evaluateAll(steps, frame);
    if (undecided !== undefined) return undecided;
    return spendOn(frame, values) ? apply(values, frame) : fault(TOO_MUCH_WORK);
  };
}

/**
 * Kleene's and (`decisive` false) or or (`decisive` true): the decisive value on either side decides, whatever the
 * other side is; else a doubt on either side is a doubt of the whole.
 */
function logical(decisive: boolean, leftNode: Node, rightNode: Node): Step {
  const [left, right] = [stepOf(leftNode), stepOf(rightNode)];
  return (frame) => {
    const a = left(frame);
    if (a === decisive) return decisive;
    const b = right(frame);
    if (b === decisive) return decisive;
    if (isUndecided(a)) return isUndecided(b) ? bothUndecided(a, b) : a;
    if (isUndecided(b)) return b;
    return a === !decisive && b === !decisive ? !decisive : notBool();
  };
}

function choose(condition: Step, yes: Step, no: Step): Step {
  return (frame) => {
    const chosen = condition(frame);
    if (isUndecided(chosen)) return chosen;
    if (typeof chosen !== 'boolean') return notBool();
    return chosen ? yes(frame) : no(frame);
  };
}

function partOf(of: CelValue, key: CelValue, shown: string): Result {
  if (isMap(of))
    return (
      (typeof key === 'string' ? of.get(key) : undefined) ?? {
        doubts: [{ kind: 'absent', what: shown, witness: `there is no entry ${showCelValue(key)}` }],
      }
    );
  if (!isList(of) || typeof key !== 'bigint') return fault(`${shown}: neither a map nor a list`);
  return of[Number(key)] ?? fault(`${shown}: the list has ${of.length} items`);
}

function itemsOf(over: CelValue): readonly CelValue[] | undefined {
  if (isMap(over)) return [...over.keys()];
  return isList(over) ? over : undefined;
}

/** `all` and `exists` absorb doubts as `&&` and `||` do; the others need every item. */
function loop({ loop: kind, over, slot, body }: Node & { readonly op: 'loop' }): Step {
  const [overStep, bodyStep, cost] = [stepOf(over), stepOf(body), withDescendants(body).length];
  const decisive = kind === 'exists' ? true : kind === 'all' ? false : undefined;
  return (frame) => {
    const range = overStep(frame);
    if (isUndecided(range)) return range;
    const items = itemsOf(range);
    if (items === undefined) return fault('only a list or a map can be gone through');
    const results: CelValue[] = [];
    let undecided: Undecided | undefined;
    for (const item of items) {
      if (!spend(frame, cost)) return fault(TOO_MUCH_WORK);
      frame.locals[slot] = item;
      const result = bodyStep(frame);
      if (result === decisive) return result;
      if (isUndecided(result)) undecided = undecided === undefined ? result : bothUndecided(undecided, result);
      else if (kind !== 'map' && typeof result !== 'boolean') return notBool();
      else results.push(result);
    }
    if (undecided !== undefined) return undecided;
    if (decisive !== undefined) return !decisive;
    if (kind === 'map') return results;
    const chosen = items.filter((_, index) => results[index] === true);
    return kind === 'filter' ? chosen : chosen.length === 1;
  };
}

/** Every fact goes through here: what was read is on record, and is turned into CEL's values once. */
function read({ fact }: Node & { readonly op: 'fact' | 'has-fact' }, frame: Frame) {
  const known = frame.read.get(fact.id);
  if (known !== undefined) return known;
  const seen = readFact(fact, frame.readings.get(fact.id));
  frame.read.set(fact.id, seen);
  return seen;
}

function stepOf(node: Node): Step {
  switch (node.op) {
    case 'literal':
      return () => node.value;
    case 'fact':
      return (frame) => read(node, frame).result;
    case 'has-fact':
      return (frame) => {
        const { reading, result } = read(node, frame);
        return reading.state === 'unreadable' ? result : reading.state === 'known';
      };
    case 'has-key':
      return strict([node.of], ([of]) =>
        isMap(of) ? of.has(node.key) : fault('has() of a part of something that has no parts'),
      );
    case 'local':
      return (frame) => frame.locals[node.slot] ?? fault('a variable without a value');
    case 'part':
      return strict([node.of, node.key], ([of = false, key = false]) => partOf(of, key, node.shown));
    case 'and':
      return logical(false, node.left, node.right);
    case 'or':
      return logical(true, node.left, node.right);
    case 'choose':
      return choose(stepOf(node.condition), stepOf(node.yes), stepOf(node.no));
    case 'not':
      return strict([node.operand], ([value]) => (typeof value === 'boolean' ? !value : notBool()));
    case 'negate':
      return strict([node.operand], ([value = false]) => operate('-', 0n, value));
    case 'binary':
      return strict([node.left, node.right], ([left = false, right = false]) => operate(node.operator, left, right));
    case 'list':
      return strict(node.items, (items) => items);
    case 'call':
      return strict(node.args, (args) => node.function.apply(args));
    case 'match':
      return strict([node.text], ([text], frame) => {
        if (typeof text !== 'string') return fault('rematch() needs a text');
        return spend(frame, (text.length * node.pattern.size) / 64) ? node.pattern.isIn(text) : fault(TOO_MUCH_WORK);
      });
    case 'loop':
      return loop(node);
    default:
      return assertNever(node);
  }
}

/** An expression, ready to be evaluated any number of times. Evaluating never throws and takes bounded time. */
export function createEvaluator(node: Node): (readings: ReadingLookup) => Evaluation {
  const step = stepOf(node);
  return (readings) => {
    const frame: Frame = { readings, read: new Map(), locals: [], work: MOST_WORK };
    const result = step(frame);
    const evidence = [...frame.read].map(([fact, { reading }]) => ({ fact, reading }));
    return isUndecided(result)
      ? { decided: false, doubts: result.doubts, evidence }
      : { decided: true, value: result, evidence };
  };
}
