import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Booted } from './boots.js';
import type { Healed } from './remedies.js';
import type { Observation } from './observe.js';
import type { DebianKernel } from '../support/debian-kernels.js';

/** What the machines of the last runs did, kept so that the page and the tests know it without booting them. */
export interface Observed {
  /** Kernels that could not be had, and why. */
  readonly lacking: Readonly<Partial<Record<DebianKernel, string>>>;
  /** By the row's name. */
  readonly rows: Readonly<Record<string, Observation & { readonly day: string }>>;
  /** By the tree's name. */
  readonly trees: Readonly<Record<string, Booted & { readonly day: string }>>;
  /** By the disk tree's name. */
  readonly diskTrees: Readonly<Record<string, Booted & { readonly day: string }>>;
  /** By the rule, on a disk. */
  readonly diskRemedies: Readonly<Record<string, Healed & { readonly day: string }>>;
  /** By the rule. */
  readonly remedies: Readonly<Record<string, Healed & { readonly day: string }>>;
}

const FILE = join(process.cwd(), 'test', 'truth', 'observed.json');

export function readObserved(): Observed {
  return existsSync(FILE)
    ? { trees: {}, remedies: {}, diskTrees: {}, diskRemedies: {}, ...JSON.parse(readFileSync(FILE, 'utf8')) }
    : { lacking: {}, rows: {}, trees: {}, remedies: {}, diskTrees: {}, diskRemedies: {} };
}

function lines(named: Readonly<Record<string, unknown>>): string {
  return Object.entries(named)
    .map(([name, one]) => `    ${JSON.stringify(name)}: ${JSON.stringify(one)}`)
    .join(',\n');
}

/** A line for each row. */
export function writeObserved({ lacking, ...parts }: Observed): void {
  const { rows, trees, remedies, diskTrees, diskRemedies } = parts;
  const texts = Object.entries({ rows, trees, remedies, diskTrees, diskRemedies }).map(
    ([name, part]) => `  "${name}": {\n${lines(part)}\n  }`,
  );
  writeFileSync(FILE, `{\n  "lacking": ${JSON.stringify(lacking)},\n${texts.join(',\n')}\n}\n`);
}
