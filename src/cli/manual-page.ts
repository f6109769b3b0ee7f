import { type Command, Help, type Option } from 'commander';
import { EXIT } from './terminal/exit.js';

/** roff reads a dot or a quote at the beginning of a line, and every backslash. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gmu, '\\&');
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

function paragraph(text: string): string {
  return `${roff(text.replaceAll(/\s+/gu, ' ').trim())}\n`;
}

/** A sentence about each, under a name that hangs out on the left. */
function list(items: readonly { readonly name: string; readonly text: string }[]): string {
  return items.map(({ name, text }) => `.TP\n${name}\n${paragraph(text === '' ? ' ' : text)}`).join('');
}

const HELP = new Help();

function groupsOf(command: Command): ReadonlyMap<string, readonly Option[]> {
  const groups = new Map<string, Option[]>();
  for (const option of HELP.visibleOptions(command)) {
    if (option.long === '--help') continue;
    const name = option.helpGroupHeading ?? 'Options:';
    groups.set(name, [...(groups.get(name) ?? []), option]);
  }
  return groups;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** A command and those below it, one after the other. */
function commandsOf(command: Command): readonly Command[] {
  const inner = HELP.visibleCommands(command).filter((one) => one.name() !== 'help');
  return inner.length === 0 ? [command] : inner.flatMap(commandsOf);
}

function section(command: Command): string {
  const args = HELP.visibleArguments(command).map((argument) => ({
    name: `\\fI${roff(HELP.argumentTerm(argument))}\\fR`,
    text: HELP.argumentDescription(argument),
  }));
  const options = [...groupsOf(command)].map(
    ([heading, members]) =>
      `.PP\n\\fI${roff(heading)}\\fR\n${list(members.map((option) => ({ name: bold(option.flags), text: HELP.optionDescription(option) })))}`,
  );
  return `.SS ${roff(nameOf(command))}\n.PP\n${bold(HELP.commandUsage(command))}\n.PP\n${paragraph(command.description())}${list(args)}${options.join('')}`;
}

const EXIT_CODES: readonly (readonly [code: number, text: string])[] = [
  [EXIT.ok, 'compliant'],
  [EXIT.findings, 'findings at the gate'],
  [EXIT.usage, 'usage, or an input with a mistake; no host was contacted'],
  [EXIT.incomplete, 'incomplete: hosts that were not reached, results that are undecided, or nothing was judged'],
  [EXIT.internal, 'a bug of kernward, or an output that could not be written'],
  [EXIT.interrupted, 'interrupted; what had answered is in the report'],
  [EXIT.terminated, 'ended by SIGTERM or by the end of its terminal, likewise'],
];

/** Of no option of its own. */
const VARIABLES: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'COLUMNS', text: 'how wide a table is; the terminal says it otherwise' },
  { name: 'NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE', text: 'whether the table has colours; --color goes before them' },
];

/** What stands for an option that was not given. */
function optionVariables(root: Command): typeof VARIABLES {
  const options = commandsOf(root).flatMap((command) => HELP.visibleOptions(command));
  const byName = new Map(
    options.flatMap(({ envVar, long }) => (envVar === undefined ? [] : [[envVar, `for ${long ?? ''}`] as const])),
  );
  return [...byName].map(([name, text]) => ({ name, text })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The manual page of kernward, section 1, in roff's man macros; from the commands alone, so that it says what `--help` says. */
export function manualPage(root: Command, version: string): string {
  return `.\\" Made by npm run generate from the commands; do not edit.
.TH KERNWARD 1 "" "kernward ${version}" "User Commands"
.ad l
.nh
.SH NAME
kernward \\- find the Linux machines that will hang, panic or reboot themselves, and why
.SH SYNOPSIS
.B kernward
.I command
.RI [ options ]
.SH DESCRIPTION
${paragraph(root.description())}.PP
kernward logs in to the hosts of an inventory over SSH, in parallel, reads kernel version, hung\\-task, lockup, panic, OOM,
huge\\-page and crash\\-dump settings without changing anything, evaluates policies and reports every machine that does not
comply. What it cannot read is
.IR unknown ,
never
.IR pass .
.SH COMMANDS
${commandsOf(root).map(section).join('')}.SH EXIT STATUS
${list(EXIT_CODES.map(([code, text]) => ({ name: bold(String(code)), text })))}.SH ENVIRONMENT
${list([...optionVariables(root), ...VARIABLES].map(({ name, text }) => ({ name: bold(name), text })))}.SH SEE ALSO
.BR ssh (1),
.BR ssh_config (5),
.BR sysctl.d (5)
`;
}
