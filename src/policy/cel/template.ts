import { memoize } from '../../language/memoize.js';
import type { ReadingLookup } from '../../model/reading.js';
import type { Evidence } from '../../model/verdict.js';
import { clean } from '../../text/clean.js';
import { showCelValue, type UndecidedReason } from './value.js';
import type { Environment } from './environment.js';
import type { Evaluation } from './evaluate.js';
import { compileExpression, type Expression } from './expression.js';
import type { ExpressionError } from './expression-error.js';
import { append } from '../../text/append.js';

/** A sentence with `{expressions}` in it. */
export interface Template {
  readonly source: string;
  readonly expressions: readonly Expression[];
  /** Never throws, whatever the readings; the text is one line without control characters. */
  readonly render: (readings: ReadingLookup) => { readonly text: string; readonly evidence: readonly Evidence[] };
}

type Piece = { readonly text: string } | { readonly expression: Expression };

const LONGEST_VALUE = 200;
const LONGEST_SENTENCE = 2000;

const DOUBT_IN_BRIEF: {
  readonly [Kind in UndecidedReason['kind']]: (doubt: UndecidedReason & { readonly kind: Kind }) => string;
} = {
  unreadable: () => '(not known)',
  absent: () => '(absent)',
  fault: ({ detail }) => `(cannot be told: ${detail})`,
};

function inBrief(doubts: readonly UndecidedReason[]): string {
  const unreadable = doubts.find((doubt) => doubt.kind === 'unreadable');
  if (unreadable !== undefined) return DOUBT_IN_BRIEF.unreadable(unreadable);
  const fault = doubts.find((doubt) => doubt.kind === 'fault');
  return fault === undefined ? '(absent)' : DOUBT_IN_BRIEF.fault(fault);
}

/** `CONDITION ? "words" : ""`: a part of the sentence that stands there or does not. */
const PART = /\? "(?<words>[^"]+)" : ""$/;

/** Where it is not known whether the part belongs there, it does so perhaps. */
function show(outcome: Evaluation, { source }: Expression): string {
  const words = PART.exec(source.trim())?.groups?.['words'];
  const inDoubt = words === undefined ? undefined : `perhaps ${words}`;
  return clean(outcome.decided ? showCelValue(outcome.value) : (inDoubt ?? inBrief(outcome.doubts)), LONGEST_VALUE);
}

/** Where the expression that begins at `from` ends: the `}` that is in no quotes; `undefined` where there is none. */
function endOfExpression(text: string, from: number): number | undefined {
  let quote: string | undefined;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (quote !== undefined) {
      if (character === '\\') at++;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return at;
  }
  return undefined;
}

function shifted(problem: ExpressionError, by: number): ExpressionError {
  return {
    ...problem,
    start: problem.start + by,
    end: problem.end + by,
  };
}

/**
 * Reads a template: `{…}` is an expression of any type, `{{` and `}}` are braces.
 *
 * @returns the first problem of each expression in it, with places in `source`, or the template
 */
export function compileTemplate(
  source: string,
  environment: Environment,
): { readonly template: Template } | { readonly problems: readonly ExpressionError[] } {
  const pieces: Piece[] = [];
  const problems: ExpressionError[] = [];
  let text = '';
  for (let at = 0; at < source.length; at++) {
    const character = source[at] ?? '';
    if (character !== '{' && character !== '}') {
      text += character;
    } else if (source[at + 1] === character) {
      text += character;
      at++;
    } else if (character === '}') {
      problems.push({
        start: at,
        end: at + 1,
        code: 'policy/template',
        message: 'this } ends nothing',
        help: 'write }} for a brace',
      });
    } else {
      const end = endOfExpression(source, at + 1);
      if (end === undefined) {
        problems.push({
          start: at,
          end: at + 1,
          code: 'policy/template',
          message: 'this { has no }',
          help: 'write {{ for a brace',
        });
        break;
      }
      const compiled = compileExpression(source.slice(at + 1, end), environment, 'any');
      if ('problem' in compiled) problems.push(shifted(compiled.problem, at + 1));
      else pieces.push({ text }, compiled);
      text = '';
      at = end;
    }
  }
  pieces.push({ text });
  if (problems.length > 0) return { problems };
  return { template: templateOf(source, pieces) };
}

/**
 * The template of a text that had no mistake when kernward was built: compiled when somebody asks for more than its source.
 *
 * @throws Error then, where it has a mistake after all
 */
export function soundTemplate(source: string, environment: Environment): Template {
  const template = memoize((): Template => {
    const compiled = compileTemplate(source, environment);
    if ('template' in compiled) return compiled.template;
    throw new Error(`${JSON.stringify(source)} is not what kernward was built with`);
  });
  return {
    source,
    get expressions() {
      return template().expressions;
    },
    render: (readings) => template().render(readings),
  };
}

function templateOf(source: string, pieces: readonly Piece[]): Template {
  return {
    source,
    expressions: pieces.flatMap((piece) => ('expression' in piece ? [piece.expression] : [])),
    render: (readings) => {
      const evidence: Evidence[] = [];
      const rendered = pieces.map((piece) => {
        if ('text' in piece) return piece.text;
        const outcome = piece.expression.evaluate(readings);
        append(evidence, outcome.evidence);
        return show(outcome, piece.expression);
      });
      return { text: clean(rendered.join('').replace(/\s+/g, ' ').trim(), LONGEST_SENTENCE), evidence };
    },
  };
}
