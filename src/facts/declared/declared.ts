import { defined } from '../../language/defined.js';
import type { FactType, Unit } from '../../model/fact.js';
import { absent, known, unreadable, type Reading } from '../../model/reading.js';
import type { FactDefinition } from '../definition.js';
import { interning } from '../intern.js';
import { bool, int, malformed, MAX_TEXT, oneLine, string } from '../parse.js';

/** How the content of a file becomes a value; by the type where it is not given. */
export const PARSES = ['value', 'selected', 'lines', 'words'] as const;
export type ParseWord = (typeof PARSES)[number];

/** Where a declared fact is read. */
export type DeclaredSource =
  /** The first of them that is there. */
  | { readonly files: readonly string[] }
  /** Everything that matches. */
  | { readonly glob: string }
  | { readonly bootParameter: string }
  | { readonly kernelConfig: string };

/** A fact that a policy declares, checked. */
export interface Declaration {
  readonly id: string;
  readonly title: string;
  readonly type: FactType;
  readonly unit?: Unit;
  readonly note?: string;
  readonly source: DeclaredSource;
  readonly parse: ParseWord;
  /** The policy's file. */
  readonly file: string;
}

type Parse = (text: string) => Reading;

function enumOf(values: readonly string[], parse: Parse): Parse {
  return (text) => {
    const reading = parse(text);
    if (reading.state !== 'known' || values.some((value) => value === reading.value)) return reading;
    return malformed(`one of ${values.join(', ')}`, text);
  };
}

/** The word in brackets, of `[mq-deadline] kyber none`; a file of one word without brackets has chosen it. */
function selected(text: string): Reading<string> {
  const words = (oneLine(text) ?? '').trim().split(/\s+/);
  const chosen = words.filter((word) => /^\[[^[\]]+\]$/.test(word)).map((word) => word.slice(1, -1));
  const [only] = chosen.length === 0 && words.length === 1 ? words : chosen;
  return only === undefined || only === '' || chosen.length > 1
    ? malformed('words, one of them in brackets', text)
    : known(only, text);
}

function split(text: string, parse: ParseWord): Reading<readonly string[]> {
  if (text.length > MAX_TEXT) return unreadable('truncated', `more than ${MAX_TEXT} characters`);
  if (/(?![\t\n])[\p{Cc}\ufffd]/u.test(text)) return malformed('lines of text', text);
  const items = parse === 'words' ? text.split(/\s+/) : text.split('\n');
  return known(
    items.filter((item) => item !== ''),
    text,
  );
}

function scalar(type: FactType, parse: ParseWord): Parse {
  const text: Parse = parse === 'selected' ? selected : string;
  switch (type.kind) {
    case 'int':
      return int(type.min ?? Number.MIN_SAFE_INTEGER, type.max);
    case 'bool':
      return bool;
    case 'enum':
      return enumOf(type.values, text);
    case 'list':
      return (content) => split(content, parse);
    case 'string':
    case 'map':
      return text;
    default:
      return type satisfies never;
  }
}

/** `what-the-stars-stood-for` TAB `line`, for each line of each file. */
function filesIn(text: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const line of text.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const key = line.slice(0, tab);
    files.set(key, `${files.get(key) ?? ''}${line.slice(tab + 1)}\n`);
  }
  return files;
}

function ofFiles(type: FactType, parse: ParseWord): Parse {
  if (type.kind === 'list') return (text) => split([...filesIn(text).values()].join(''), parse);
  const one = parse === 'selected' ? selected : string;
  return (text) => {
    if (text.length > MAX_TEXT) return unreadable('truncated', `more than ${MAX_TEXT} characters`);
    const values: [string, string][] = [];
    for (const [key, content] of filesIn(text)) {
      const reading = one(content);
      if (reading.state !== 'known') return reading;
      values.push([key, reading.value]);
    }
    return known(Object.fromEntries(values), text);
  };
}

const NO = new Set(['0', 'n', 'N', 'no', 'off', 'false']);
const YES = new Set(['', '1', 'y', 'Y', 'yes', 'on', 'true']);

function ofParameter(name: string, type: FactType): Parse {
  const wanted = `/proc/cmdline:${name}`;
  return (text) => {
    if (text.length > MAX_TEXT) return malformed('boot parameters', text);
    const lines = text.split('\n').filter((line) => line === wanted || line.startsWith(`${wanted}=`));
    const values = lines.map((line) => line.slice(wanted.length + 1));
    if (values.some((value) => !/^[\x20-\x7e]{0,1024}$/.test(value))) return malformed(`a value of ${name}`, text);
    const last = values.at(-1);
    const raw = `${lines.join('\n')}\n`;
    if (type.kind === 'list') return known(values, raw);
    if (type.kind === 'bool') {
      if (last === undefined) return known(false, `the kernel was started without ${name}`);
      return YES.has(last) || NO.has(last) ? known(YES.has(last), raw) : malformed(`${name}, on or off`, last);
    }
    if (last === undefined) return absent(`the kernel was started without ${name}`);
    const reading = scalar(type, 'value')(`${last}\n`);
    return reading.state === 'known' ? { ...reading, raw } : reading;
  };
}

/** What the section says of an option: `CONFIG_HZ=250`, `# CONFIG_X is not set`, or nothing. */
function ofConfig(option: string, type: FactType): Parse {
  return (text) => {
    const lines = text.split('\n');
    const from = lines.find((line) => line.startsWith('from /'))?.slice('from '.length);
    if (from === undefined)
      return lines.some((line) => line.startsWith('denied /'))
        ? unreadable('denied', "the configuration of the kernel's build may not be read")
        : unreadable('undetermined', 'neither /proc/config.gz nor a configuration in /boot or /lib/modules is there');
    if (!lines.some((line) => /^# .*Kernel Configuration$/.test(line)))
      return unreadable('malformed', `${from} is no configuration of a kernel's build`);
    const said = lines.filter((line) => line.startsWith(`${option}=`) || line === `# ${option} is not set`);
    const [line, another] = said;
    if (line === undefined) return absent(`${from} has no ${option}`);
    if (another !== undefined) return malformed(`${option} once`, said.join('\n'));
    const value = line.startsWith('#') ? 'n' : line.slice(option.length + 1).replace(/^"(.*)"$/, '$1');
    if (type.kind === 'bool')
      return value === 'n' || value === 'y' || value === 'm'
        ? known(value !== 'n', `${line}\n`)
        : malformed('y, m or n', line);
    const reading = scalar(type, 'value')(`${value}\n`);
    return reading.state === 'known' ? { ...reading, raw: `${line}\n` } : reading;
  };
}

function originOf(source: DeclaredSource): FactDefinition['origin'] {
  if ('files' in source) return { via: 'file', section: 'declared', paths: source.files };
  if ('glob' in source) {
    const star = source.glob.indexOf('*');
    const slash = source.glob.lastIndexOf('/', star);
    return {
      via: 'glob',
      section: 'declared',
      directories: [source.glob.slice(0, slash)],
      patterns: [source.glob.slice(slash + 1)],
      mayBeEmpty: false,
    };
  }
  return 'bootParameter' in source
    ? { via: 'command', sections: ['parameters'], asks: source.bootParameter }
    : { via: 'command', sections: ['kconfig'], asks: source.kernelConfig };
}

function parseOf({ source, type, parse }: Declaration): Parse {
  if ('files' in source) return scalar(type, parse);
  if ('glob' in source) return ofFiles(type, parse);
  return 'bootParameter' in source ? ofParameter(source.bootParameter, type) : ofConfig(source.kernelConfig, type);
}

/** `vm.swappiness` of /proc/sys/vm/swappiness, and `nvme_core.io_timeout` of a parameter of a module. */
function bootParameterOf({ source }: Declaration): string | undefined {
  if ('bootParameter' in source) return `${source.bootParameter}=`;
  const [path = ''] = 'files' in source ? source.files : [];
  const [, module, parameter] = /^\/sys\/module\/([^/*]+)\/parameters\/([^/*]+)$/.exec(path) ?? [];
  if (module !== undefined && parameter !== undefined) return `${module}.${parameter}=`;
  return path.startsWith('/proc/sys/') ? `sysctl.${path.slice('/proc/sys/'.length).replaceAll('/', '.')}=` : undefined;
}

/** What makes two declarations the same: what is said of a fact in words does not. */
function formatDeclaration({ source, type, unit, parse }: Declaration): string {
  return JSON.stringify([source, type, unit ?? '', parse]);
}

/** The same kind of definition as those of the catalogue, so that whatever is made from them is made from it. */
export function toDefinition(declaration: Declaration): FactDefinition {
  const { id, title, type, unit, note, source, file } = declaration;
  const origin = originOf(source);
  return {
    id,
    title,
    type,
    ...defined({ unit, note, bootParameter: bootParameterOf(declaration) }),
    sources: [`declared in ${file}`],
    origin,
    parse: interning(parseOf(declaration)),
    samples: [],
    declaredAs: formatDeclaration(declaration),
  };
}
