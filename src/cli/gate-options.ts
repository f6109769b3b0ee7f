import { type Command, Option } from 'commander';
import type { Gate } from '../model/report.js';
import { SEVERITIES, type Severity } from '../model/verdict.js';
import { each, percent } from './options.js';

export interface GateOptions {
  readonly failOn: Severity | 'never';
  readonly minCoverage: number;
  readonly allowEmpty?: boolean;
  readonly exitZero?: boolean;
  readonly waivers?: readonly string[];
}

export const withGate = (command: Command): Command =>
  command
    .addOption(new Option('--fail-on <SEVERITY>', 'lowest severity whose failing exits 1').choices([...SEVERITIES, 'never']).default('high'))
    .addOption(
      new Option('--min-coverage <PERCENT>', 'share of hosts whose rules of that severity must all be decided; below it: exit 3')
        .argParser(percent)
        .default(100),
    )
    .option('--allow-empty', 'zero hosts is not an error')
    .option('--exit-zero', 'exit 0 whatever was found (not for usage errors or bugs)')
    .addOption(new Option('--waivers <FILE>', 'what is accepted: for which rule and hosts, by whom, until when; repeatable').argParser(each(String)));

export const gateOf = (options: GateOptions): Gate => ({
  failOn: options.failOn,
  minCoverage: options.minCoverage,
  allowEmpty: options.allowEmpty ?? false,
  exitZero: options.exitZero ?? false,
});
