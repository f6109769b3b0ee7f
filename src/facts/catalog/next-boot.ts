import { known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { malformed } from '../parse.js';

const LONGEST = 160_000;
const LINE =
  /^(?:systemd|end|program (?:systemd-sysctl|procps)|masked systemd-sysctl|enabled [a-z0-9.-]{1,80}|listed \/boot|firmware (?:Loader|Stub)[A-Za-z]{1,20}|loaded(?: \w{1,64})*|kernel [A-Za-z0-9_.+~-]{1,80}|node [A-Za-z0-9._-]{1,64}|asked(?: [A-Za-z0-9_-]{1,64}){1,200}|(?:file|cut|denied|null|odd|remote|strange|many|unified|loader|staged|newer|volatile) \/[A-Za-z0-9_.+@/-]*|\/[A-Za-z0-9_.+@/-]+:[1-9][0-9]{0,5}:[^\p{Cc}\ufffd]*(?:[\t\f\r][^\p{Cc}\ufffd]*)*)$/u;

function files(text: string): Reading {
  if (text.length > LONGEST) return malformed('what a boot reads', text);
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.at(-1) !== 'end') return unreadable('truncated', 'what the next boot reads was not told to its end');
  const strange = lines.find((line) => !LINE.test(line));
  if (strange !== undefined) return malformed('lines of files that a boot reads', strange);
  return known(lines.slice(0, -1), text);
}

const MOST_TEXTS = 64;

/** Most machines of a fleet are set up alike, and this is the longest text of all: the same text is one reading. */
function keeping(parse: (text: string) => Reading): (text: string) => Reading {
  const kept = new Map<string, Reading>();
  return (text) => {
    const before = kept.get(text);
    if (before !== undefined) return before;
    const reading = parse(text);
    if (kept.size >= MOST_TEXTS) kept.clear();
    kept.set(text, reading);
    return reading;
  };
}

const CONF = '/etc/sysctl.d/99-local.conf';

/** What the machine will apply at its next boot, as far as it may be read. */
export const NEXT_BOOT: readonly FactDefinition[] = [
  {
    id: 'next_boot.files',
    title: 'Files that the next boot reads, and their lines about settings that kernward knows',
    type: { kind: 'list' },
    since: 'any',
    sources: [
      'sysctl.d(5), tmpfiles.d(5), Debian systemd 252.38-1~deb12u1; sysctl(8), Debian procps 2:4.0.2-3',
      'kernel-sysctl.service and boot-sysctl.service, suse-module-tools 16.1.6',
      'daemon.py, commands.py and plugin_script.py, tuned 2bfa442 (2.28.0-rc.1)',
      'tuned.conf(5) and plugin_sysctl.py, plugin_vm.py, plugin_sysfs.py, Debian tuned 2.20.0-1',
      '/etc/init.d/sysfsutils, Debian sysfsutils 2.1.1-4; modprobe.d(5), Debian kmod 30+20221128-1',
      'ostree-finalize-staged.service, ostree 2026.4; systemd.offline-updates(7), Debian systemd 252.39-1~deb12u2',
      'systemd-boot(7), systemd-stub(7), loader.conf(5) and udev(7), Debian systemd 252.39-1~deb12u2; https://wiki.syslinux.org/wiki/index.php?title=Config',
      'grub-mkconfig(8) and 41_custom, Debian grub-common 2.06-13; 00_tuned of tuned; https://uapi-group.org/specifications/specs/boot_loader_specification/',
    ],
    origin: { via: 'command', sections: ['boot'] },
    parse: keeping(files),
    samples: [
      { text: 'end\n', known: [] },
      {
        text: `systemd\nprogram systemd-sysctl\nfile ${CONF}\n${CONF}:3:kernel.panic = 10\nend\n`,
        known: ['systemd', 'program systemd-sysctl', `file ${CONF}`, `${CONF}:3:kernel.panic = 10`],
      },
      { text: 'denied /boot/grub2/grub.cfg\nend\n', known: ['denied /boot/grub2/grub.cfg'] },
      { text: 'systemd\n', otherwise: 'truncated' },
      { text: 'Welcome!\nend\n', otherwise: 'malformed' },
    ],
    note: '`PATH:LINE:TEXT` for each line that matters; of a kernel command line only the parameters that kernward knows, of scripts and units only which setting a line writes. `volatile`: what is written there is kept in memory. `denied`, `cut`, `odd`, `strange`, `remote`, `many`: what was not read, or not wholly. `loaded`: which of the modules that are asked for are modules; `loader`, `unified`, `firmware`: what else may start the machine. What is made of it: `next_boot.values` and those beside it.',
  },
];
