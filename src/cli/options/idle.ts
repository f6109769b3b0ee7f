import type { Command } from 'commander';
import { clean } from '../../text/clean.js';
import { usage } from '../terminal/exit.js';

type Values = Readonly<Record<string, unknown>>;

/** Options that do nothing beside others, or without them. */
interface Idle {
  /** Whether this option does nothing there, by its attribute: `outputMode`. */
  readonly isIdle: (option: string, values: Values) => boolean;
  /** The rest of the sentence that begins with the option, and ends with a way out. */
  readonly why: string;
}

/** Kept where there is nothing to leave out: whoever calls kernward in a script gives them each time. */
const PROMISES_LESS: ReadonlySet<string> = new Set(['quiet', 'exec', 'color']);

const IDLE = new WeakMap<Command, Idle[]>();

/** Has a command refuse options that would do nothing: who gives one expects something of it. */
export function refusedWhere(command: Command, idle: Idle): Command {
  const known = IDLE.get(command) ?? [];
  known.push(idle);
  IDLE.set(command, known);
  return command;
}

/** The same for some options, by their attributes, that need something else. */
export function refusedUnless(
  command: Command,
  options: readonly string[],
  isOfUse: (values: Values) => boolean,
  why: string,
): Command {
  return refusedWhere(command, { isIdle: (option, values) => options.includes(option) && !isOfUse(values), why });
}

/**
 * Called when the command line was read. What the environment says is meant for many commands, and is not refused.
 *
 * @throws Stop with a sentence
 */
export function refuseIdle(command: Command): void {
  const values: Values = command.opts();
  const given = command.options.filter(
    (option) =>
      !PROMISES_LESS.has(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  for (const { isIdle, why } of IDLE.get(command) ?? [])
    for (const option of given)
      if (isIdle(option.attributeName(), values)) usage(`${option.long ?? clean(option.flags)} ${why}`);
}

/** Of an option that may stand several times, and was not given: none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
