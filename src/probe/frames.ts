import { OTHER_SECTIONS, PACKAGE_SECTIONS, SECTIONS, type SectionName } from '../facts/definition.js';

/** One section of the probe's output, begun and ended. */
export interface Section {
  /** Lines of ours between the frames, e.g. `missing /proc/sys/kernel/sysrq`, without the `kw NONCE`. */
  readonly notes: readonly string[];
  /** Everything else between the frames, each line ended. */
  readonly text: string;
  /** What the section's command wrote to its standard error. */
  readonly errors: readonly string[];
  readonly status: number;
}

/** `broken`: begun more than once, or ended under another name. A section that is not in the map was never completed. */
export type Frames = ReadonlyMap<SectionName, Section | 'broken'>;

const ALL: ReadonlySet<string> = new Set([...SECTIONS, ...PACKAGE_SECTIONS, ...OTHER_SECTIONS]);
const isSection = (name: string): name is SectionName => ALL.has(name);

interface Open {
  readonly name: SectionName;
  readonly notes: string[];
  text: string;
  readonly errors: string[];
  inErrors: boolean;
}

/**
 * Takes the sections out of whatever the session printed. Only a line that ends in a newline counts, so what was cut at
 * any byte has sections that are whole, or not there.
 *
 * @returns undefined when the output holds no frame with this nonce; linear in the size of the output
 */
export const readFrames = (output: Uint8Array, nonce: string): Frames | undefined => {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(output);
  const prefix = `kw ${nonce} `;
  const sections = new Map<SectionName, Section | 'broken'>();
  const begun = new Set<SectionName>();
  let open: Open | undefined;
  // Most lines are nobody's frame: they are passed over here and cut out in one piece.
  let from = 0;
  const take = (to: number): void => {
    if (open?.inErrors === true) open.errors.push(...text.slice(from, to).split('\n').slice(0, -1));
    else if (open !== undefined && to > from) open.text += text.slice(from, to);
  };
  for (let at = 0, end = text.indexOf('\n'); end >= 0; at = end + 1, end = text.indexOf('\n', at)) {
    if (!text.startsWith(prefix, at)) continue;
    take(at);
    from = end + 1;
    const line = text.slice(at + prefix.length, end);
    const [word = '', name = '', status = ''] = line.split(' ', 3);
    if (word === 'begin') {
      if (!isSection(name)) continue;
      open = { name, notes: [], text: '', errors: [], inErrors: false };
      if (begun.has(name)) sections.set(name, 'broken');
      begun.add(name);
    } else if (word === 'end') {
      if (isSection(name) && !sections.has(name))
        sections.set(name, open?.name === name && /^[0-9]{1,3}$/.test(status) ? { ...open, status: Number(status) } : 'broken');
      open = undefined;
    } else if (word === 'errors') {
      if (open) open.inErrors = true;
    } else open?.notes.push(line);
  }
  return begun.size === 0 ? undefined : sections;
};
