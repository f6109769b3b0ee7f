import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from '../../run/write-outputs.js';
import { nearOr } from '../../text/suggest.js';
import { type HistoryOptions, withHistory } from './history.js';

const VIEW_FORMATS = ['table', 'json', 'csv'] as const;

function viewOutput(text: string): Output {
  const colon = text.indexOf(':');
  const format = colon < 0 ? text : text.slice(0, colon);
  const file = colon < 0 ? undefined : text.slice(colon + 1);
  if (!VIEW_FORMATS.some((known) => known === format))
    throw new InvalidArgumentError(
      `there is no format ${JSON.stringify(format)}; ${nearOr(format, VIEW_FORMATS, `the formats are ${VIEW_FORMATS.join(', ')}`)}`,
    );
  if (file === '') throw new InvalidArgumentError(`after ${format}: a file name is expected.`);
  return { format, file };
}

export interface ViewOptions extends HistoryOptions {
  readonly output: Output;
}

const ANY_FORMAT = `${VIEW_FORMATS.join(', ')}; csv has the first table, json has all of them`;

export function withView(
  command: Command,
  told = ANY_FORMAT,
  standard: (typeof VIEW_FORMATS)[number] = 'table',
): Command {
  return withHistory(command).addOption(
    new Option('-o, --output <FORMAT[:FILE]>', told)
      .argParser(viewOutput)
      .default({ format: standard, file: undefined }, standard),
  );
}
