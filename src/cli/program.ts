import { Command } from 'commander';
import { blastCommand } from './commands/blast.js';
import { collectCommand } from './commands/collect.js';
import { collectorCommand } from './commands/collector.js';
import { demoCommand } from './commands/demo.js';
import { dispatchCommand } from './commands/dispatch.js';
import { doctorCommand } from './commands/doctor.js';
import { diffCommand } from './commands/diff.js';
import { evalCommand } from './commands/eval.js';
import { explainCommand } from './commands/explain.js';
import { factsCommand } from './commands/facts.js';
import { fixCommand } from './commands/fix.js';
import { historyCommand } from './commands/history.js';
import { inventoryCommand } from './commands/inventory.js';
import { planCommand } from './commands/plan.js';
import { policyCommand } from './commands/policy.js';
import { remediateCommand } from './commands/remediate.js';
import { reportCommand } from './commands/report.js';
import { scanCommand } from './commands/scan.js';
import { workerCommand } from './commands/worker.js';
import { completeCommand, completionCommand } from './commands/completion.js';
import { versionCommand } from './commands/version.js';
import { colourOption } from './options/colour.js';
import { refuseIdle } from './options/idle.js';
import { chooseColour } from './terminal/capabilities.js';
import { usage } from './terminal/exit.js';
import { clean } from '../text/clean.js';
import { VERSION } from '../run/shipped/version.js';

/** Every command, one file each, in the order of the help. */
export const COMMAND_MAKERS: ReadonlyMap<string, () => Command> = new Map([
  ['scan', scanCommand],
  ['plan', planCommand],
  ['collect', collectCommand],
  ['dispatch', dispatchCommand],
  ['worker', workerCommand],
  ['eval', evalCommand],
  ['report', reportCommand],
  ['diff', diffCommand],
  ['explain', explainCommand],
  ['doctor', doctorCommand],
  ['remediate', remediateCommand],
  ['blast', blastCommand],
  ['history', historyCommand],
  ['inventory', inventoryCommand],
  ['policy', policyCommand],
  ['fix', fixCommand],
  ['facts', factsCommand],
  ['collector', collectorCommand],
  ['demo', demoCommand],
  ['completion', completionCommand],
  ['version', versionCommand],
]);

/** What `asked` needs to be understood: a command's own branch; of the version none; whatever else it is, all of them. */
function branches(asked: string | undefined): readonly Command[] {
  if (asked === '--version' || asked === '-V') return [];
  const only = COMMAND_MAKERS.get(asked ?? '');
  return (only === undefined ? [...COMMAND_MAKERS.values()] : [only]).map((make) => make());
}

function settle(command: Command): Command {
  if (command.commands.length === 0) command.addOption(colourOption());
  command
    .exitOverride()
    .showHelpAfterError('(add --help for all options)')
    // It quotes arguments, and a script may have them from somebody else.
    .configureOutput({
      outputError: (text, write) =>
        write(
          text
            .split('\n')
            .map((line) => clean(line))
            .join('\n'),
        ),
    });
  for (const sub of command.commands) settle(sub);
  return command;
}

function writesFile(action: Command): boolean {
  return ['output', 'bundle'].some((name) => action.getOptionValueSource(name) === 'cli');
}

/** @param asked the first word after the command's name: what cannot be meant then is left out */
export function program(asked?: string): Command {
  const root = new Command('kernward')
    .description('Finds the Linux machines in a fleet that will hang, panic or reboot themselves, and says why.')
    .version(VERSION)
    .addHelpText(
      'after',
      `
Examples:
  kernward demo                                        an embedded fleet, scanned for real
  kernward scan -i inventory.yaml                      what does not comply, as a table
  kernward scan -i inventory.yaml -o csv:fleet.csv     the same for a spreadsheet
  kernward scan -i inventory.yaml -o html:fleet.html   the same as a page to mail
  kernward scan --local                                this machine
  kernward doctor -i inventory.yaml                    can every host be asked, and if not, what to do
  kernward explain -i inventory.yaml db1               the chain of causes on one host

Exit codes: 0 compliant, 1 findings, 2 usage or input, 3 incomplete, 4 a bug or an output not written, 130 interrupted.`,
    );
  for (const branch of branches(asked)) root.addCommand(branch);
  root.addCommand(completeCommand(), { hidden: true });
  root.hook('preAction', async (_, action) => {
    chooseColour(action.opts()['color']);
    refuseIdle(action);
    if (!writesFile(action)) return;
    const { overwrittenInput } = await import('./actions/index.js');
    const overwritten = overwrittenInput(action);
    if (overwritten !== undefined) usage(overwritten);
  });
  return settle(root);
}
