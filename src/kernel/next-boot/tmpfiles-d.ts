import { TMPFILES_DIRECTORIES } from '../../facts/boot-files.js';
import type { BootFiles } from './boot-files.js';
import { filesInOrder } from './conf-files.js';
import { globMatches } from './glob.js';
import type { KeyHistory } from './sysctl-d.js';

const LINE = /^\s*(?<type>[A-Za-z][-+!=~^]*)\s+(?<path>\S+)(?:\s+\S+){4}\s+(?<argument>\S.*?)\s*$/;

/**
 * What systemd-tmpfiles writes to a path at boot: of the lines that name it the first, in the order of the files' names,
 * and every line of type `w+`.
 *
 * @see tmpfiles.d(5), systemd 252
 */
export function historyOfTmpfiles({ tmpfiles }: BootFiles, path: string): KeyHistory {
  const files = filesInOrder(tmpfiles, TMPFILES_DIRECTORIES);
  const lines = files.flatMap(({ path: file, lines: all }) =>
    all.flatMap(({ line, text }) => {
      const { type = '', path: target = '', argument = '' } = LINE.exec(text)?.groups ?? {};
      const isOurs = type.startsWith('w') && (target === path || globMatches(path, target));
      return isOurs
        ? [{ isAppended: type.includes('+'), write: { value: argument.replace(/^"(.*)"$/, '$1'), file, line } }]
        : [];
    }),
  );
  const [first] = lines;
  const writes = lines.filter((each) => each === first || each.isAppended).map(({ write }) => write);
  const unread = files.find((file) => file.unread !== undefined);
  const odd = writes.find(({ value }) => value.includes('%'));
  const doubt =
    tmpfiles.unlisted.map(({ path: directory, unread: why }) => `${directory} ${why}`)[0] ??
    (unread === undefined ? undefined : `${unread.path} ${unread.unread ?? ''}`) ??
    (odd === undefined ? undefined : `${odd.file}:${odd.line} is not a plain value`);
  return doubt === undefined ? { writes } : { writes, doubt };
}
