import type { Argument, Command, Option } from 'commander';
import { kindOfArgument, kindOfOption, type ValueKind } from './value-kinds.js';

export interface Candidate {
  readonly word: string;
  /** A few words about it, for shells that show them. */
  readonly says: string;
}

/** What may stand where the cursor is. */
export type AtCursor =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  /** A value, which begins after `before`: `--profile=` of `--profile=st`. */
  | { readonly kind: 'value'; readonly of: ValueKind; readonly before: string }
  /** Nothing that can be listed. */
  | { readonly kind: 'nothing' };

interface Place {
  readonly command: Command;
  /** Of the command, before the cursor. */
  readonly operands: number;
  /** The option whose value stands at the cursor. */
  readonly option?: Option;
  /** After `--`. */
  readonly onlyOperands: boolean;
}

function optionOf(command: Command, word: string): Option | undefined {
  const name = word.split('=')[0];
  return command.options.find(({ short, long }) => name === short || name === long);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** Where the words before the cursor lead to. */
function placeAfter(root: Command, words: readonly string[]): Place {
  let command = root;
  let operands = 0;
  let option: Option | undefined;
  let onlyOperands = false;
  for (const word of words) {
    if (option !== undefined) {
      option = undefined;
      continue;
    }
    if (!onlyOperands && word === '--') {
      onlyOperands = true;
      continue;
    }
    if (!onlyOperands && word.startsWith('-') && word !== '-') {
      const named = optionOf(command, word);
      option = named !== undefined && named.required && !word.includes('=') ? named : undefined;
      continue;
    }
    const inner = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined;
    if (inner === undefined) operands += 1;
    else command = inner;
  }
  return option === undefined ? { command, operands, onlyOperands } : { command, operands, option, onlyOperands };
}

function words(candidates: readonly Candidate[], start: string): AtCursor {
  return { kind: 'words', candidates: candidates.filter(({ word }) => word.startsWith(start)) };
}

function choices(values: readonly string[], before: string, start: string): AtCursor {
  return words(
    values.map((value) => ({ word: `${before}${value}`, says: '' })),
    `${before}${start}`,
  );
}

function valueOf(path: string, option: Option, before: string, start: string): AtCursor {
  if (option.argChoices !== undefined) return choices(option.argChoices, before, start);
  const of = kindOfOption(path, option);
  return of === undefined ? { kind: 'nothing' } : { kind: 'value', of, before };
}

function argumentOf({ registeredArguments }: Command, operands: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[operands] ?? (last?.variadic === true ? last : undefined);
}

function pathOf(command: Command): string {
  const parent = command.parent === null || command.parent.parent === null ? '' : `${pathOf(command.parent)} `;
  return `${parent}${command.name()}`;
}

/** Help stands at every command, and is no option of commander's list. */
const HELP: Candidate = { word: '--help', says: 'display help for command' };

function optionsOf(command: Command): readonly Candidate[] {
  const shown = command.options.filter(({ hidden }) => !hidden);
  return [
    ...shown.flatMap(({ long, description }) =>
      long === undefined || long === null ? [] : [{ word: long, says: description }],
    ),
    HELP,
  ];
}

function visible(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), says: one.summary() || one.description() }));
}

/**
 * What may stand as the last of the words, which may be empty or half written.
 *
 * @param given what stands after the program's name, up to the cursor
 */
export function atCursor(root: Command, given: readonly string[]): AtCursor {
  const before = given.slice(0, -1);
  const last = given.at(-1) ?? '';
  const { command, operands, option, onlyOperands } = placeAfter(root, before);
  const path = pathOf(command);
  if (option !== undefined) return valueOf(path, option, '', last);
  if (!onlyOperands && last.startsWith('-')) {
    const equals = last.indexOf('=');
    if (equals < 0) return words(optionsOf(command), last);
    const named = optionOf(command, last);
    if (named === undefined || !takesValue(named)) return { kind: 'nothing' };
    return valueOf(path, named, last.slice(0, equals + 1), last.slice(equals + 1));
  }
  const inner = visible(command);
  if (operands === 0 && inner.length > 0) return words(inner, last);
  const argument = argumentOf(command, operands);
  if (argument === undefined) return { kind: 'nothing' };
  if (argument.argChoices !== undefined) return choices(argument.argChoices, '', last);
  const of = kindOfArgument(path, argument);
  return of === undefined ? { kind: 'nothing' } : { kind: 'value', of, before: '' };
}
