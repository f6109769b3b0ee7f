import { SYSFS_CONF, SYSFS_DIRECTORY } from '../../facts/boot-files.js';
import type { BootFiles } from './boot-files.js';
import { baseName } from './conf-files.js';
import { globMatches } from './glob.js';
import type { KeyHistory, Write } from './sysctl-d.js';

/** `kernel//mm/./x` as the kernel finds it; undefined: it goes up, which is not followed. */
function below(attribute: string): string | undefined {
  const parts = attribute.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : `/sys/${parts.join('/')}`;
}

/**
 * What sysfsutils writes at boot to a path below /sys: /etc/sysfs.conf, then /etc/sysfs.d in the order of names, each line as it comes,
 * so that the last one wins. It begins when systemd-tmpfiles has ended (a service made of an init script waits for sysinit.target). A line
 * that it does not understand ends it, and what comes later is not applied.
 *
 * @see /etc/init.d/sysfsutils of Debian's sysfsutils 2.1.1-4, systemd-sysv-generator(8)
 */
export function historyOfSysfsConf({ enabled, files, unread }: BootFiles, path: string): KeyHistory {
  if (!enabled.has('sysfsutils')) return { writes: [] };
  const inDirectory = [...files.values()].filter(
    (file) => file.path.startsWith(`${SYSFS_DIRECTORY}/`) && !baseName(file.path).startsWith('.'),
  );
  const read = [
    ...[files.get(SYSFS_CONF)].filter((file) => file !== undefined),
    ...inDirectory.sort((a, b) => (a.path < b.path ? -1 : 1)),
  ];
  const writes: Write[] = [];
  let odd: string | undefined;
  let climbing: string | undefined;
  for (const { path: file, lines } of read)
    for (const { line, text } of lines) {
      const [attribute = '', value] = text.split(' ');
      const target = value === undefined ? undefined : below(attribute);
      if (value !== undefined && target === undefined)
        climbing ??= `${file}:${line} leads to a file by "..", which is not followed`;
      else if (value === undefined || target === undefined)
        odd ??= `${file}:${line} is no plain assignment, and what comes after it may not be applied`;
      else if (/[*?[]/.test(target)) {
        if (globMatches(path, target)) writes.push({ value, file, line, pattern: attribute });
      } else if (target === path) writes.push({ value, file, line });
    }
  const closed = read.find((file) => file.unread !== undefined);
  const unlisted = unread.get(SYSFS_DIRECTORY);
  const doubt =
    (unlisted === undefined ? undefined : `${SYSFS_DIRECTORY} ${unlisted}`) ??
    (closed === undefined ? undefined : `${closed.path} ${closed.unread ?? ''}`) ??
    climbing ??
    (writes.length === 0 ? undefined : odd);
  return doubt === undefined ? { writes } : { writes, doubt };
}
