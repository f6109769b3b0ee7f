import { defined } from '../../language/defined.js';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Diagnostic } from '../../model/diagnostic.js';
import type { FailingLimit, Gate } from '../../model/report.js';
import { SEVERITIES, type Severity } from '../../model/verdict.js';
import { formatLimit } from '../../verdict/failing-limits.js';
import { nearOr } from '../../text/suggest.js';
import { each, parsePercent } from './values.js';

export interface GateOptions {
  readonly failOn: Severity | 'never';
  readonly minCoverage: number;
  readonly allowEmpty?: boolean;
  readonly exitZero?: boolean;
  readonly failOnNew?: boolean;
  readonly flapping?: 'ignore' | 'count';
  readonly maxFailing?: readonly FailingLimit[];
  readonly waivers?: readonly string[];
  readonly baseline?: string;
}

/** `2%`, `RULE=2%` or `group:NAME=5%`. At most four decimals, which is as exactly as shares are compared. */
function parseLimit(text: string): FailingLimit {
  const at = text.lastIndexOf('=');
  const scope = text.slice(0, Math.max(at, 0));
  const share = text.slice(at + 1);
  if (!/^\d{1,3}(\.\d{1,4})?%?$/.test(share) || (at >= 0 && (scope === '' || scope === 'group:')))
    throw new InvalidArgumentError(
      'expected a share of hosts with at most four decimals: 2%, RULE=2% or group:NAME=5%.',
    );
  const limit = { percent: parsePercent(share) };
  if (at < 0) return limit;
  return scope.startsWith('group:') ? { group: scope.slice('group:'.length), ...limit } : { rule: scope, ...limit };
}

/** `--waivers`, wherever a report is judged or rendered. */
export function addWaiverOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--waivers <FILE>',
      'what is accepted: for which rule and hosts, by whom, until when; repeatable',
    ).argParser(each(String)),
  );
}

/** The gate of a comparison: everything but what names a baseline. */
export function withLimits(command: Command): Command {
  return addWaiverOption(
    command
      .optionsGroup('Gate (what exits with which code):')
      .addOption(
        new Option('--fail-on <SEVERITY>', 'lowest severity whose failing exits 1')
          .choices([...SEVERITIES, 'never'])
          .default('high'),
      )
      .addOption(
        new Option(
          '--max-failing <[SCOPE=]PERCENT>',
          'share of judged hosts that may fail before that exits 1: 2%, RULE=2%, group:NAME=5%; repeatable',
        ).argParser(each(parseLimit)),
      )
      .addOption(
        new Option(
          '--min-coverage <PERCENT>',
          'share of hosts whose rules of that severity must all be decided; below it: exit 3',
        )
          .argParser(parsePercent)
          .default(100),
      )
      .addOption(
        new Option(
          '--flapping <HOW>',
          'fails whose result changed 3 times in 30 days: ignore lets them through, count does not; a history knows them',
        )
          .choices(['ignore', 'count'])
          .default('count'),
      )
      .option('--allow-empty', 'zero hosts is not an error')
      .option('--exit-zero', 'exit 0 whatever was found (not for usage errors or bugs)'),
  );
}

export function withGate(command: Command): Command {
  return withLimits(command)
    .option('--baseline <FILE>', 'an earlier report (json or jsonl): say what is new, resolved, gone')
    .option('--fail-on-new', 'only what is new since the baseline exits 1');
}

export function toGate(options: GateOptions): Gate {
  return {
    failOn: options.failOn,
    minCoverage: options.minCoverage,
    allowEmpty: options.allowEmpty ?? false,
    exitZero: options.exitZero ?? false,
    ...(options.failOnNew === true ? { failOnNew: true } : {}),
    ...(options.flapping === 'ignore' ? { flapping: 'ignore' } : {}),
    ...defined({ maxFailing: options.maxFailing }),
  };
}

interface Names {
  readonly rules: Iterable<string>;
  readonly groups: Iterable<string>;
}

function unknown(limit: FailingLimit, name: string, what: 'rule' | 'group', names: readonly string[]): Diagnostic {
  return {
    code: 'gate/unknown-name',
    severity: 'error',
    message: `${formatLimit(limit)}: there is no ${what} ${JSON.stringify(name)}`,
    help: nearOr(
      name,
      names,
      what === 'rule' ? '`kernward policy list` has the rules' : '`kernward inventory list` shows the groups',
    ),
  };
}

/** What is wrong with the limits: names that there are not, and one scope with two limits. */
export function limitProblems({ maxFailing = [] }: GateOptions, names: Names): readonly Diagnostic[] {
  const [rules, groups] = [[...names.rules], [...names.groups]];
  const scopes = maxFailing.map(({ rule, group }) => JSON.stringify([rule, group]));
  return maxFailing.flatMap((limit, index): readonly Diagnostic[] => {
    if (limit.rule !== undefined && !rules.includes(limit.rule)) return [unknown(limit, limit.rule, 'rule', rules)];
    if (limit.group !== undefined && !groups.includes(limit.group))
      return [unknown(limit, limit.group, 'group', groups)];
    if (scopes.indexOf(scopes[index] ?? '') < index)
      return [
        {
          code: 'gate/limit-twice',
          severity: 'error',
          message: `${formatLimit(limit)}: this has a limit already`,
          help: 'give each rule, each group and the fleet one limit',
        },
      ];
    return [];
  });
}
