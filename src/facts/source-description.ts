import type { CommandSection, FactDefinition } from './definition.js';

/** Sections that are a command of their own, by what they read. */
export const COMMANDS: Readonly<Record<CommandSection, string>> = {
  cmdline: '/proc/cmdline, filtered on the host',
  machine: 'uname -m',
  kthreads: '/proc/PID/stat',
  tasks: '/proc/PID/status',
  installed: 'dpkg-query or rpm',
  changelog: "the changelog of the running kernel's package, searched on the host",
  dumps: '/etc/kdump.conf and /etc/default/kdump-tools, filtered on the host; /etc/systemd/system; /var/crash',
  parameters: '/proc/cmdline, filtered on the host',
  kconfig: '/proc/config.gz, or the configuration in /boot or /lib/modules, filtered on the host',
  boot: 'what the next boot reads: sysctl.d, tmpfiles.d, tuned, the configured kernel command line, filtered on the host',
  pstore: '/sys/fs/pstore, as root (become: sudo)',
};

function marked(text: string): string {
  return text.replace(/(?:\/[\w/.-]*\w|uname -m)/g, '`$&`');
}

/** What commands read for a fact: what it says of itself, else what its sections are made of. */
function commandSources({
  sections,
  readFrom: own,
}: FactDefinition['origin'] & { readonly via: 'command' }): readonly string[] {
  return own === undefined ? sections.map((name) => COMMANDS[name]) : [own];
}

/** Where a fact is read, in words: `/proc/sys/vm/swappiness`, `/proc/cmdline, filtered on the host`. */
export function plainSource(fact: FactDefinition): string {
  return fact.origin.via === 'command' ? commandSources(fact.origin).join(', ') : readFrom(fact).replaceAll('`', '');
}

/** Where a fact is read, in words; paths stand in backticks. */
export function readFrom({ origin }: FactDefinition): string {
  if (origin.via === 'command') return commandSources(origin).map(marked).join(', ');
  const paths =
    origin.via === 'glob'
      ? origin.directories.flatMap((directory) => origin.patterns.map((pattern) => `${directory}/${pattern}`))
      : origin.paths;
  return paths.map((path) => `\`${path}\``).join(', ');
}
