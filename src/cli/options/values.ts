import { InvalidArgumentError, Option } from 'commander';

/** Collects a repeatable option, each use parsed by `parse`. */
export function each<T>(parse: (text: string) => T) {
  return (text: string, before: readonly T[] | undefined): readonly T[] => [...(before ?? []), parse(text)];
}

export function wholeNumber(least: number, most: number, what: string) {
  return (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`expected ${what}, a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** `auto`, or as `wholeNumber`. */
export function autoOrWholeNumber(least: number, most: number, what: string) {
  const number = wholeNumber(least, most, `auto or ${what}`);
  return (text: string): number | 'auto' => (text === 'auto' ? text : number(text));
}

/** Seconds with an optional fraction, to milliseconds. */
export function seconds(text: string): number {
  const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1000) : 0;
  if (value <= 0) throw new InvalidArgumentError('expected seconds above 0, such as 10 or 2.5.');
  return value;
}

export function parsePercent(text: string): number {
  const value = /^\d{1,3}(\.\d+)?%?$/.test(text) ? Number(text.replace('%', '')) : Number.NaN;
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('expected a percentage from 0 to 100.');
  return value;
}

/** An option of seconds with a default, in milliseconds. */
export function secondsOption(flag: string, text: string, standard: number): Option {
  return new Option(`${flag} <SECONDS>`, text).argParser(seconds).default(standard, `${standard / 1000}`);
}
