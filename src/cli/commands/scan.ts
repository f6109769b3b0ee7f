import { defined } from '../../language/defined.js';
import { Command, Option } from 'commander';
import { withConnection } from '../options/connection.js';
import { withHosts } from '../options/hosts.js';
import { withOutputs } from '../options/outputs.js';
import { allowReadOption, refuseIdleRead, withRules } from '../options/rules.js';
import { withFleet } from '../options/fleet.js';
import { withGate } from '../options/gate.js';
import { withRecording } from '../options/history.js';
import { withNotify } from '../options/notify.js';
import { maxApartOption, refuseStray, withRerun } from '../options/rerun.js';
import type { ScanOptions } from '../setup/resolve-plan.js';

export function scanCommand(): Command {
  return refuseIdleRead(
    withRerun(
      withNotify(
        withRecording(
          withOutputs(
            withGate(
              withFleet(
                withConnection(
                  withRules(
                    withHosts(new Command('scan').description('ask every host, judge it, report what does not comply')),
                  ),
                ),
              ),
            ),
          ),
        ),
      ),
      'a saved report (json or jsonl)',
    ),
  )
    .addOption(
      new Option(
        '--list-hosts',
        'only print the names of the hosts that would be asked, one a line; nobody is contacted',
      ).helpGroup('Hosts:'),
    )
    .addOption(maxApartOption())
    .addOption(allowReadOption().helpGroup('Rules:'))
    .action(async (report: string | undefined, options: ScanOptions & { readonly listHosts?: boolean }) => {
      const given = { ...options, ...defined({ report }) };
      refuseStray(given);
      const { listHosts, scan } = await import('../actions/index.js');
      if (options.listHosts === true) await listHosts(given);
      else process.exitCode = await scan(given);
    });
}
