import { GRUB_CFGS, GRUB_READ } from '../../../facts/boot-files.js';
import type { BootFiles } from '../boot-files.js';
import type { ConfFile, ConfLine } from '../conf-files.js';

/** A line of grub.cfg, or of a file that it reads. */
export interface GrubLine extends ConfLine {
  readonly path: string;
  /** Why nobody knows what GRUB does here. */
  readonly odd?: string;
}

/**
 * The lines of grub.cfg, with those of custom.cfg and user.cfg in place of the first line that reads each: the second is the other
 * branch of one condition.
 *
 * @see util/grub.d/41_custom.in of GRUB 2.06; util/grub.d/01_users.in of Fedora, user.cfg
 */
export function grubLines({ files }: BootFiles, { path, lines }: ConfFile): readonly GrubLine[] {
  const done = new Set<string>();
  return lines.flatMap(({ line, text }): readonly GrubLine[] => {
    const here = { path, line, text };
    const command = /^odd (\S+)/.exec(text)?.[1];
    if (command !== undefined) return [{ ...here, odd: `${path}:${line} has ${command}, which is not followed` }];
    const name = /^reads (\S+)/.exec(text)?.[1];
    if (name === undefined) return [here];
    if (done.has(name)) return [];
    done.add(name);
    const other = files.get(`${path.slice(0, path.lastIndexOf('/'))}/${name}`);
    if (!GRUB_READ.some((each) => each === name))
      return [{ ...here, odd: `${path}:${line} reads ${name}, which is not followed` }];
    if (other === undefined) return [];
    if (other.unread !== undefined)
      return [{ ...here, odd: `${path}:${line} reads ${other.path}, which ${other.unread}` }];
    return other.lines.map((each) => ({
      path: other.path,
      ...each,
      ...(/^(?:odd|reads) /.test(each.text)
        ? { odd: `${other.path}:${each.line} has ${each.text.replace(/^odd /, '')}, which is not followed` }
        : {}),
    }));
  });
}

/** The lines of each grub.cfg that was read. */
export function allGrubLines(files: BootFiles): readonly (readonly GrubLine[])[] {
  return GRUB_CFGS.flatMap((path) => {
    const file = files.files.get(path);
    return file === undefined || file.unread !== undefined ? [] : [grubLines(files, file)];
  });
}
