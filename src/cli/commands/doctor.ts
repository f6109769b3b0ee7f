import { refusedUnless } from '../options/idle.js';
import { Command, Option } from 'commander';
import { outputModeOption } from '../options/outputs.js';
import { withPace } from '../options/fleet.js';
import { withConnection } from '../options/connection.js';
import { withHosts } from '../options/hosts.js';
import { seconds } from '../options/values.js';
import type { DoctorOptions } from '../actions/doctor.js';

export function doctorCommand(): Command {
  return refusedUnless(
    withPace(
      withConnection(
        withHosts(
          new Command('doctor').description(
            'before a scan, in seconds: can every host be asked, and if not, why, and what to do',
          ),
        ),
      ),
    ),
    ['outputMode'],
    ({ bundle }) => bundle !== undefined,
    'is about the file of --bundle, and there is none: name it, or leave this out',
  )
    .optionsGroup('Output:')
    .addOption(new Option('-o, --output <FORMAT>', 'how it is told').choices(['table', 'json']).default('table'))
    .addOption(
      new Option('--clock-skew <SECONDS>', 'warn where the clock of a host is off by more')
        .argParser(seconds)
        .default(60_000, '60'),
    )
    .option(
      '--bundle <FILE>',
      'write a support file as well: versions, limits, counts and codes, without any name or key',
    )
    .addOption(outputModeOption())
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('../actions/rarely.js');
      process.exitCode = await doctor(options);
    });
}
