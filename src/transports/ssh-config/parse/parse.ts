import {
  createDiagnosticSink,
  toLoaded,
  type DiagnosticSink,
  type Loaded,
  type Position,
} from '../../../model/diagnostic.js';
import { clean, cleanInPlace } from '../../../text/clean.js';
import { suggest } from '../../../text/suggest.js';
import type { ConfigFile, Directive, HostNamePattern, SshConfig } from './directive.js';
import { expandTilde, type LocalUser } from '../expand.js';
import type { ConfigFiles, RootFile } from '../files.js';
import { BLOCK_KEYWORDS, KEYWORDS } from './keywords.js';
import { readLine, type ConfigLine } from './lexer.js';
import { readMatch } from '../match/match-line.js';
import { expandGlob } from './path-glob.js';
import { toBytes } from '../match/pattern.js';
import { readSetting } from './read-setting.js';
import { append } from '../../../text/append.js';

/** How deep files may include each other. @see READCONF_MAX_DEPTH, readconf.c */
const MAX_DEPTH = 16;
/** Lines of included files together, each counted as often as it is included. */
const MAX_INCLUDED_LINES = 500_000;

const MAX_MESSAGE = 300;
/** Unknown keywords that are compared with the known ones. */
const MOST_SUGGESTIONS = 100;

interface Reading {
  readonly files: ConfigFiles;
  readonly local: LocalUser;
  readonly diagnostics: DiagnosticSink;
  linesLeft: number;
  suggestionsLeft: number;
  /** An error after which ssh reads no further: nor do we, for it can repeat without end. */
  stopped: boolean;
}

interface Place {
  readonly at: Position;
  readonly excerpt: string;
}

/** The way out of a mistake whose message says what is wrong. */
export const HOW_TO_CORRECT = 'correct the line, as ssh_config(5) has it: ssh -G HOST says what ssh makes of it';

function report(reading: Reading, code: string, message: string, { at, excerpt }: Place, help = HOW_TO_CORRECT): void {
  reading.diagnostics.add({
    code,
    severity: 'error',
    message: clean(message, MAX_MESSAGE),
    at,
    excerpt,
    help,
  });
}

type Option = Extract<ConfigLine, { is: 'option' }>;

function hostPattern(written: string): HostNamePattern {
  const negated = written.startsWith('!');
  return { negated, bytes: toBytes(negated ? written.slice(1) : written) };
}

function hostDirective(line: Option, place: Place, reading: Reading): readonly Directive[] {
  if (!line.args.includes('')) return [{ is: 'host', patterns: line.args.map(hostPattern), at: place.at }];
  report(reading, 'ssh-config/syntax', 'a pattern of this Host line is empty', place);
  return [];
}

function matchDirective(line: Option, place: Place, reading: Reading): readonly Directive[] {
  const match = readMatch(line.rest);
  if (match === undefined)
    return [
      { is: 'doubt', doubt: { reason: 'match-syntax', detail: `Match ${line.rest}`, at: place.at }, at: place.at },
      { is: 'match', criteria: [{ asks: 'all', negated: true }], at: place.at },
    ];
  if ('criteria' in match) return [{ is: 'match', criteria: match.criteria, at: place.at }];
  report(reading, 'ssh-config/match', match.wrong, place);
  return [];
}

/** The absolute pattern of an Include argument, or why there is none. */
function includePattern(argument: string, user: boolean, local: LocalUser): ReturnType<typeof expandTilde> {
  if (argument === '') return { problem: 'a path of this Include is empty' };
  if (argument.startsWith('~') && !user)
    return { problem: `${argument}: a system file cannot include from a home directory` };
  if (/%|\$\{/.test(argument)) return { doubt: { reason: 'include-token', detail: `Include ${argument}` } };
  const anchored =
    argument.startsWith('/') || argument.startsWith('~') ? argument : `${user ? '~/.ssh' : '/etc/ssh'}/${argument}`;
  // glob(3) takes `~` from $HOME, unlike every other place in ssh.
  return expandTilde(anchored, local.environment['HOME'] ?? local.home);
}

function includeDirective(
  line: Option,
  place: Place,
  user: boolean,
  depth: number,
  reading: Reading,
): readonly Directive[] {
  const found: Directive[] = [];
  for (const argument of line.args) {
    const pattern = includePattern(argument, user, reading.local);
    if ('problem' in pattern) report(reading, 'ssh-config/include', pattern.problem, place);
    else if ('doubt' in pattern) found.push({ is: 'doubt', doubt: { ...pattern.doubt, at: place.at }, at: place.at });
    else {
      const files: (readonly Directive[])[] = [];
      for (const path of expandGlob(pattern.text, reading.files)) {
        if (reading.stopped) break;
        files.push(readFile(path, { user, checkOwner: true, depth: depth + 1, from: place }, reading));
      }
      found.push({ is: 'include', files, at: place.at });
    }
  }
  return found;
}

function nameUnknown(keyword: string, reading: Reading): string {
  const likely = reading.suggestionsLeft-- <= 0 ? undefined : suggest(keyword, [...BLOCK_KEYWORDS, ...KEYWORDS.keys()]);
  return likely === undefined ? keyword : `${keyword} (did you mean ${likely}?)`;
}

function settingDirective(line: Option, place: Place, reading: Reading): readonly Directive[] {
  const { at } = place;
  const known = KEYWORDS.get(line.keyword);
  if (known === undefined)
    return [{ is: 'unknown', keyword: line.keyword, detail: nameUnknown(line.keyword, reading), at }];
  const read = readSetting(known, line, reading.local.environment);
  if ('setting' in read) return [{ is: 'setting', setting: read.setting, at }];
  if ('doubt' in read) return [{ is: 'doubt', doubt: { ...read.doubt, at }, at }];
  if ('wrong' in read) report(reading, 'ssh-config/value', `${line.keyword}: ${read.wrong}`, place);
  return [];
}

interface FileOptions {
  readonly user: boolean;
  readonly checkOwner: boolean;
  readonly depth: number;
  readonly from: Place;
}

function readText(
  text: string,
  file: string,
  { user, depth }: Pick<FileOptions, 'user' | 'depth'>,
  reading: Reading,
): readonly Directive[] {
  const lines = text.split('\n');
  const directives: Directive[] = [];
  if (depth > 0) reading.linesLeft -= lines.length;
  for (const [index, raw] of lines.entries()) {
    if (reading.stopped) break;
    const line = readLine(raw);
    if (line.is === 'blank') continue;
    const place: Place = {
      at: { file, line: index + 1, column: raw.search(/[^ \t\r=]/) + 1 },
      excerpt: cleanInPlace(raw),
    };
    if (line.is === 'bad') report(reading, 'ssh-config/syntax', line.message, place);
    else if (line.keyword === 'host') append(directives, hostDirective(line, place, reading));
    else if (line.keyword === 'match') append(directives, matchDirective(line, place, reading));
    else if (line.keyword === 'include') append(directives, includeDirective(line, place, user, depth, reading));
    else append(directives, settingDirective(line, place, reading));
  }
  return directives;
}

function readFile(path: string, options: FileOptions, reading: Reading): readonly Directive[] {
  if (options.depth > MAX_DEPTH) {
    reading.stopped = true;
    report(reading, 'ssh-config/include', `files include each other more than ${MAX_DEPTH} deep`, options.from);
    return [];
  }
  const file = reading.files.read(path, options.checkOwner);
  if (file.read === 'missing') return [];
  if (file.read === 'refused') {
    report(
      reading,
      'ssh-config/file',
      `${path} cannot be used: ${file.detail}`,
      options.from,
      "it has to be a plain file that you may read, yours or root's, and writable for nobody else",
    );
    return [];
  }
  const directives = readText(file.text, path, options, reading);
  if (reading.linesLeft < 0 && !reading.stopped) {
    reading.stopped = true;
    report(
      reading,
      'ssh-config/include',
      `included files have more than ${MAX_INCLUDED_LINES} lines together, each counted as often as it is included`,
      options.from,
    );
  }
  return directives;
}

function readRoot(root: RootFile, reading: Reading): ConfigFile {
  const from: Place = { at: { file: root.path, line: 1, column: 1 }, excerpt: '' };
  if (root.required && reading.files.read(root.path, false).read === 'missing')
    report(reading, 'ssh-config/file', `there is no file ${root.path}`, from, 'check the path that -F names');
  return {
    user: root.user,
    directives: readFile(root.path, { user: root.user, checkOwner: root.checkOwner, depth: 0, from }, reading),
  };
}

function newReading(files: ConfigFiles, local: LocalUser): Reading {
  return {
    files,
    local,
    diagnostics: createDiagnosticSink(),
    linesLeft: MAX_INCLUDED_LINES,
    suggestionsLeft: MOST_SUGGESTIONS,
    stopped: false,
  };
}

/**
 * Reads the files, and those that they include, with every error that ends ssh whichever host it is asked for. A
 * keyword that is not known is none of them: a newer ssh may know it, or IgnoreUnknown forgive it for a host.
 */
export function parseSshConfig(roots: readonly RootFile[], files: ConfigFiles, local: LocalUser): Loaded<SshConfig> {
  const reading = newReading(files, local);
  const read = roots.map((root) => readRoot(root, reading));
  return toLoaded({ files: read }, reading.diagnostics.all());
}

const NO_FILES: ConfigFiles = { read: () => ({ read: 'missing' }), list: () => [], exists: () => false };

/**
 * The arguments of `-o`, which count before any file.
 *
 * @param options `Keyword=value` or `Keyword value`, each as one text
 * @param file what to name as their place
 */
export function parseSshOptions(options: readonly string[], file: string, local: LocalUser): Loaded<ConfigFile> {
  const reading = newReading(NO_FILES, local);
  const directives = options.flatMap((text, index) => {
    const line = readLine(text);
    const place: Place = { at: { file, line: index + 1, column: 1 }, excerpt: cleanInPlace(text) };
    if (line.is === 'blank') return [];
    if (line.is === 'bad') report(reading, 'ssh-config/syntax', line.message, place);
    else if (BLOCK_KEYWORDS.has(line.keyword))
      report(reading, 'ssh-config/syntax', `${line.keyword} cannot be given as an option`, place);
    else return settingDirective(line, place, reading);
    return [];
  });
  return toLoaded({ user: true, directives }, reading.diagnostics.all());
}
