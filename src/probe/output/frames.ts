import {
  BOOT_SECTIONS,
  COUNTED_SECTIONS,
  DECLARED_SECTIONS,
  OTHER_SECTIONS,
  PACKAGE_SECTIONS,
  SECTIONS,
  type SectionName,
} from '../../facts/definition.js';
import { countFilledLines } from '../../facts/filled-lines.js';
import { familiarLines, type FrameLine } from '../familiar/lines.js';
import { sharingLines, sharingLists } from '../familiar/lists.js';
import { sharingSections, type ReadBefore } from '../familiar/sections.js';

/** One section of the probe's output, begun and ended. */
export interface ProbeSection {
  /** Lines of ours between the frames, e.g. `missing /proc/sys/kernel/sysrq`, without the `kw NONCE`. One list for all that wrote the same. */
  readonly notes: readonly string[];
  /** Everything else between the frames, each line ended. */
  readonly text: string;
  /** What the section's command wrote to its standard error. */
  readonly errors: readonly string[];
  readonly status: number;
  /** Where other hosts sent the same. */
  readonly readBefore?: ReadBefore;
}

/**
 * `broken`: begun more than once, ended under another name, with errors begun twice or never, with a line of ours that none of
 * our scripts writes, or with another number of lines than it says. A section that is not in the map was never completed.
 */
export type Frames = ReadonlyMap<SectionName, ProbeSection | 'broken'>;

const ALL: ReadonlySet<string> = new Set([
  ...SECTIONS,
  ...PACKAGE_SECTIONS,
  ...DECLARED_SECTIONS,
  ...BOOT_SECTIONS,
  ...OTHER_SECTIONS,
]);
function isSection(name: string): name is SectionName {
  return ALL.has(name);
}

interface Open {
  readonly name: SectionName;
  readonly notes: string[];
  text: string;
  errors: string;
  inErrors: boolean;
  isBroken: boolean;
}

/** Whether a section that says how many lines it has, has them. */
function isWhole({ name, notes, text, inErrors, isBroken }: Open): boolean {
  if (!inErrors || isBroken) return false;
  if (!COUNTED_SECTIONS.has(name)) return true;
  return notes.length === 1 && notes[0] === `there ${countFilledLines(text)}`;
}

const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });

const lineAt = familiarLines();
const sharedNotes = sharingLists();
const sharedErrors = sharingLines();
const sharedSection = sharingSections<ProbeSection>();

/**
 * Takes the sections out of whatever the session printed. Only a line that ends in a newline counts, so what was cut at
 * any byte has sections that are whole, or not there.
 *
 * @returns undefined when the output holds no frame with this nonce; linear in the size of the output
 */
export function readFrames(output: Uint8Array, nonce: string): Frames | undefined {
  const text = UTF_8.decode(output);
  const prefix = `kw ${nonce} `;
  const sections = new Map<SectionName, ProbeSection | 'broken'>();
  const begun = new Set<SectionName>();
  let open: Open | undefined;
  // Most lines are nobody's frame: they are passed over and cut out in one piece.
  let from = 0;
  const take = (to: number): void => {
    if (open === undefined || to === from) return;
    if (open.inErrors) open.errors += text.slice(from, to);
    else open.text += text.slice(from, to);
  };
  const lineBreakAndPrefix = `\n${prefix}`;
  /** Where the next line that is ours begins, `lineStart` being where a line begins. Most come at once: that is one search as well. */
  const nextOurs = (lineStart: number): number | undefined => {
    if (lineStart === 0 && text.startsWith(prefix)) return 0;
    const before = text.indexOf(lineBreakAndPrefix, lineStart - 1);
    return before < 0 ? undefined : before + 1;
  };
  let ours: FrameLine | undefined;
  for (let at = nextOurs(0); at !== undefined; at = nextOurs(from)) {
    ours = lineAt(ours, text, at + prefix.length);
    if (ours === undefined) break;
    take(at);
    from = at + prefix.length + ours.text.length;
    const { word, name, status, line, isNote } = ours;
    if (word === 'begin') {
      if (!isSection(name)) continue;
      open = { name, notes: [], text: '', errors: '', inErrors: false, isBroken: false };
      if (begun.has(name)) sections.set(name, 'broken');
      begun.add(name);
    } else if (word === 'end') {
      if (isSection(name) && !sections.has(name))
        sections.set(
          name,
          open?.name === name && isWhole(open) && /^[0-9]{1,3}$/.test(status)
            ? sharedSection(name, {
                notes: sharedNotes(name, open.notes),
                text: open.text,
                errors: sharedErrors(name, open.errors),
                status: Number(status),
              })
            : 'broken',
        );
      open = undefined;
    } else if (word === 'errors') {
      if (open) open.isBroken ||= open.inErrors;
      if (open) open.inErrors = true;
    } else if (open !== undefined) {
      open.isBroken ||= open.inErrors || !isNote;
      open.notes.push(line);
    }
  }
  return begun.size === 0 ? undefined : sections;
}
