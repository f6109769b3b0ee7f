import { FACTS } from '../../src/facts/index.js';
import { derive } from '../../src/kernel/derive-facts.js';
import { NEXT_BOOT_FACTS } from '../../src/kernel/next-boot/facts.js';
import { SETTINGS } from '../../src/kernel/next-boot/settings.js';
import { absent, known, type Reading, type Value } from '../../src/model/reading.js';
import type { Booted } from './boots.js';

/** Every setting whose value after the next boot is asked for. */
export const SETTING_IDS: readonly string[] = SETTINGS.map(({ fact }) => fact.id);
/** What else the prediction is made from. */
export const INPUT_IDS: readonly string[] = [...new Set(NEXT_BOOT_FACTS.flatMap(({ inputs }) => inputs))];

export interface BootPrediction {
  /** By fact. */
  readonly values: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<string, string>>;
  /** Of what is not predicted, why not. */
  readonly open: Readonly<Record<string, string>>;
}

function mapOf(reading: Reading | undefined): Readonly<Record<string, string>> {
  return reading?.state === 'known' && typeof reading.value === 'object' && !Array.isArray(reading.value)
    ? Object.fromEntries(Object.entries(reading.value))
    : {};
}

function isValue(value: unknown): value is Value {
  return value !== undefined && value !== null;
}

/** What the kernward of today makes of what was read then. */
export function bootPredictionOf({ told, now }: Booted): BootPrediction {
  const readings = derive(
    new Map<string, Reading>([
      ...FACTS.map(({ id }): [string, Reading] => {
        const value = now[id];
        return [id, isValue(value) ? known(value, '') : absent('it was not read')];
      }),
      ...Object.entries(now).flatMap(([id, value]): [string, Reading][] =>
        isValue(value) ? [[id, known(value, '')]] : [],
      ),
      ['next_boot.files', known(told, '')],
    ]),
    NEXT_BOOT_FACTS,
  );
  const of = (name: string): Readonly<Record<string, string>> => mapOf(readings.get(`next_boot.${name}`));
  return { values: of('values'), places: of('places'), open: of('open') };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent');
}

/** Settings that the machine read otherwise than predicted, in words. */
export function bootDisagreements(booted: Booted): readonly string[] {
  const { values, places } = bootPredictionOf(booted);
  return Object.entries(values).flatMap(([id, value]) =>
    textOf(booted.after[id]) === value
      ? []
      : [`${id}: predicted ${value} (${places[id] ?? ''}), and it was ${textOf(booted.after[id])}`],
  );
}
