import { matchPatternList } from '../match/pattern.js';
import type { AlgorithmSpec } from '../resolved.js';

function withoutRepetition(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== ''))];
}

/**
 * The algorithms that a list in ssh_config means for a program that has these.
 *
 * @param defaults what the program offers where nothing is configured, in its order of preference
 * @param all whatever it can do: what the names and patterns of the list are looked up in
 * @returns empty where nothing is left; ssh refuses that
 * @see kex_assemble_names, kex.c, OpenSSH 9.2; ssh_config(5), Ciphers
 */
export function expandAlgorithms(
  spec: AlgorithmSpec | undefined,
  defaults: readonly string[],
  all: readonly string[],
): readonly string[] {
  if (spec === undefined || spec === '') return defaults;
  const change = /^[+^-]/.exec(spec)?.[0];
  const written = change === undefined ? spec : spec.slice(1);
  if (change === '-') return defaults.filter((name) => !matchPatternList(name, written));
  const named = written.split(',');
  const wanted = change === '+' ? [...defaults, ...named] : change === '^' ? [...named, ...defaults] : named;
  return withoutRepetition(wanted.flatMap((pattern) => all.filter((name) => matchPatternList(name, pattern))));
}
