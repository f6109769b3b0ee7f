import { PACKAGE_SECTIONS, type PackageSection } from '../facts/definition.js';

/** How a host of the demo differs from a recorded one. Paths are absolute, as the probe names them. */
export interface Edit {
  /** Path → its new content, without the last line end. A path that the recorded host lacks is added. */
  readonly set?: Readonly<Record<string, string>>;
  /** Paths that this host's kernel does not have. */
  readonly without?: readonly string[];
  /** Paths that the login may not read. */
  readonly denied?: readonly string[];
  /** The lines of the section `kthreads`; what `grep` printed of /proc/PID/stat. */
  readonly threads?: readonly string[];
  /** The lines of the section `cmdline`. */
  readonly parameters?: readonly string[];
  /** What a second look finds, section by section; without it, no package manager. */
  readonly packages?: Readonly<Record<PackageSection, readonly string[]>>;
  /** The lines of the section `dumps`. */
  readonly dumps?: readonly string[];
  /** The lines of the section `boot`, without its end. */
  readonly boot?: readonly string[];
}

interface Section {
  readonly name: string;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly status: string;
}

interface Recording {
  readonly nonce: string;
  readonly sections: readonly Section[];
}

const FRAME = /^kw ([0-9a-f]{32}) (begin|errors|end) ?(\S*) ?(\S*)$/;

function read(text: string): Recording {
  const sections: Section[] = [];
  let nonce = '';
  let name: string | undefined;
  let lines: string[] = [];
  let errors: string[] = [];
  let into = lines;
  for (const line of text.split('\n')) {
    const [, id = '', mark, what = '', status = ''] = FRAME.exec(line) ?? [];
    if (mark === 'begin') {
      nonce = id;
      name = what;
      lines = [];
      errors = [];
      into = lines;
    } else if (mark === 'errors') into = errors;
    else if (mark === 'end') {
      sections.push({ name: what, lines, errors, status });
      name = undefined;
    } else if (name !== undefined) into.push(line);
  }
  return { nonce, sections };
}

function write({ nonce, sections }: Recording): string {
  return `\n${sections
    .map(({ name, lines, errors, status }) =>
      [
        `kw ${nonce} begin ${name}`,
        ...lines,
        `kw ${nonce} errors`,
        ...(errors.length === 0 ? [''] : errors),
        `kw ${nonce} end ${name} ${status}`,
      ].join('\n'),
    )
    .join('\n')}\n`;
}

function linesOf(path: string, content: string): readonly string[] {
  return content.split('\n').map((line) => `${path}:${line}`);
}

/** The section a new file belongs to: the one that has its nearest neighbours. */
function homeOf(path: string, { sections }: Recording): string {
  if (path.startsWith('/proc/sys/')) return 'sysctl';
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return (
    sections.find(({ lines }) => lines.some((line) => line.startsWith(folder) || line.includes(` missing ${folder}`)))
      ?.name ?? 'identity'
  );
}

function withCount(section: Section, nonce: string): Section {
  const there = section.lines.findIndex((line) => line.startsWith(`kw ${nonce} there `));
  if (there < 0) return section;
  const paths = new Set(
    section.lines.flatMap((line) => (line.startsWith('/') ? line.slice(0, line.indexOf(':')) : [])),
  );
  for (const error of section.errors) {
    const path = / (\/[^:]+): Permission denied/.exec(error)?.[1];
    if (path !== undefined) paths.add(path);
  }
  return { ...section, lines: section.lines.with(there, `kw ${nonce} there ${paths.size}`) };
}

function drop(section: Section, path: string): Section {
  return {
    ...section,
    lines: section.lines.filter((line) => !line.startsWith(`${path}:`) && !line.endsWith(` missing ${path}`)),
    errors: section.errors.filter((line) => !line.startsWith(`grep: ${path}: `)),
  };
}

function has(section: Section, path: string): boolean {
  return section.lines.some((line) => line.startsWith(`${path}:`) || line.endsWith(` missing ${path}`));
}

/** The same recording as if the host had been another: what a demo host answers with. */
export function editRecording(recording: string, edit: Edit): string {
  const before = read(recording);
  const { nonce } = before;
  const change = (
    path: string,
    apply: (section: Section) => Section,
    sections: readonly Section[],
  ): readonly Section[] => {
    const home = sections.find((section) => has(section, path))?.name ?? homeOf(path, before);
    return sections.map((section) => (section.name === home ? withCount(apply(drop(section, path)), nonce) : section));
  };
  let { sections } = before;
  for (const [path, content] of Object.entries(edit.set ?? {}))
    sections = change(
      path,
      (section) => ({ ...section, lines: [...section.lines, ...linesOf(path, content)] }),
      sections,
    );
  for (const path of edit.without ?? []) {
    const missing = `kw ${nonce} missing ${path}`;
    sections = change(
      path,
      (section) => ({
        ...section,
        lines: [missing, ...section.lines],
        errors: [...section.errors.filter((line) => line !== ''), `grep: ${path}: No such file or directory`],
        status: '2',
      }),
      sections,
    );
  }
  for (const path of edit.denied ?? [])
    sections = change(
      path,
      (section) => ({
        ...section,
        errors: [...section.errors.filter((line) => line !== ''), `grep: ${path}: Permission denied`],
        status: '2',
      }),
      sections,
    );
  const replace = (name: string, lines: readonly string[] | undefined): void => {
    if (lines !== undefined)
      sections = sections.map((section) =>
        section.name === name ? { ...section, lines: [`kw ${nonce} there ${lines.length}`, ...lines] } : section,
      );
  };
  replace('kthreads', edit.threads);
  replace('cmdline', edit.parameters);
  replace('boot', edit.boot === undefined ? undefined : [...edit.boot, 'end']);
  // What the section says of NFS is no matter of dumps.
  const nfs = sections.find(({ name }) => name === 'dumps')?.lines.filter((line) => line.startsWith('nfs ')) ?? [];
  replace(
    'dumps',
    edit.dumps?.some((line) => line.startsWith('nfs ')) === false ? [...edit.dumps, ...nfs] : edit.dumps,
  );
  return write({ nonce, sections });
}

const NOTHING: NonNullable<Edit['packages']> = { installed: ['none manager'], changelog: ['none manager'] };

/** What a demo host answers a second look with, as `editRecording` gives its answer to the probe. */
export function packagesOutput(nonce: string, { packages = NOTHING }: Edit): string {
  return write({
    nonce,
    sections: PACKAGE_SECTIONS.map((name) => ({ name, lines: packages[name], errors: [], status: '0' })),
  });
}
