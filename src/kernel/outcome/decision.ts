import type { ReadFact } from '../../model/reading.js';
import type { OpenQuestion, Question } from './question.js';

export const OUTCOMES = ['survives', 'reboots', 'dumps-then-reboots', 'freezes', 'not-detected'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Who restarts the machine. `platform`: the hypervisor or the firmware, by a setting that is not seen from inside. */
export type Rebooter = 'kdump' | 'kernel.panic' | 'hardware watchdog' | 'platform';

/** How it ends. `by` is set exactly where the machine comes up again. */
export interface End {
  readonly outcome: Outcome;
  readonly by?: Rebooter;
}

/** A decision tree as data: a question with what follows from each of its answers, or an end. */
export type Decision = End | Branch;
export interface Branch {
  readonly question: Question;
  readonly leads: Readonly<Record<string, Decision>>;
}

function isEnd(decision: Decision): decision is End {
  return 'outcome' in decision;
}

/** Every answer of the question needs what follows from it, or this does not compile. */
export function ask<A extends string>(question: Question<A>, leads: Readonly<Record<A, Decision>>): Branch {
  return {
    question,
    leads,
  };
}

/** A decision tree walked with one host's readings: where an answer is open, every branch that is possible. */
export type Walk = { readonly end: End } | Step;
export interface Step {
  readonly question: Question;
  readonly doubt?: OpenQuestion;
  /** One branch for each possible answer, in the question's own order. */
  readonly branches: readonly { readonly answer: string; readonly walk: Walk }[];
}

/** @throws Error where a question has an answer that nothing follows from, which is a bug of ours */
export function walkDecision(decision: Decision, read: ReadFact): Walk {
  if (isEnd(decision)) return { end: decision };
  const { question, leads } = decision;
  const { possible, doubt } = question.ask(read);
  const branches = possible.flatMap((answer) => {
    const next = leads[answer];
    if (next === undefined) throw new Error(`${question.fact}: nothing follows from ${answer}`);
    return [{ answer, walk: walkDecision(next, read) }];
  });
  return doubt === undefined ? { question, branches } : { question, doubt, branches };
}

function collectEnds<T extends string>(walked: Walk, project: (end: End) => T, found: Set<T>): void {
  if ('end' in walked) found.add(project(walked.end));
  else for (const { walk } of walked.branches) collectEnds(walk, project, found);
}

/** Every end that the readings leave possible, each once, as `project` sees it. */
export function getEnds<T extends string>(walked: Walk, project: (end: End) => T): ReadonlySet<T> {
  // One set for the whole walk: it is gone through for each host, and again below each doubt.
  const found = new Set<T>();
  collectEnds(walked, project, found);
  return found;
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}

/** Whether it matters here which of the possible answers holds. */
export function matters(step: Step, project: (end: End) => string): boolean {
  if (step.branches.length < 2) return false;
  const [first, ...others] = step.branches.map((branch) => getEnds(branch.walk, project));
  return first !== undefined && others.some((ends) => !sameSet(first, ends));
}

/** The doubts that keep the projected end open, nearest to the root first, each fact once. */
export function getOpenQuestions(walked: Walk, project: (end: End) => string): readonly OpenQuestion[] {
  if ('end' in walked) return [];
  const here = walked.doubt !== undefined && matters(walked, project) ? [walked.doubt] : [];
  const all = [...here, ...walked.branches.flatMap((branch) => getOpenQuestions(branch.walk, project))];
  return all.filter((doubt, index) => all.findIndex((other) => other.fact === doubt.fact) === index);
}

/** Every fact that a decision may read, in the order in which it is first asked for. */
export function decisionInputs(decision: Decision): readonly string[] {
  return isEnd(decision)
    ? []
    : [...new Set([...decision.question.inputs, ...Object.values(decision.leads).flatMap(decisionInputs)])];
}
