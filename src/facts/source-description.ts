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
  pstore: '/sys/fs/pstore, as root (become: sudo)',
};

function marked(text: string): string {
  return text.replace(/(?:\/[\w/.-]*\w|uname -m)/g, '`$&`');
}

/** Where a fact is read, in words; paths stand in backticks. */
export function readFrom({ origin }: FactDefinition): string {
  if (origin.via === 'command') return origin.sections.map((name) => marked(COMMANDS[name])).join(', ');
  const paths =
    origin.via === 'glob'
      ? origin.directories.flatMap((directory) => origin.patterns.map((pattern) => `${directory}/${pattern}`))
      : origin.paths;
  return paths.map((path) => `\`${path}\``).join(', ');
}
