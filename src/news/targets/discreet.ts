import { isMapping } from '../../language/is-mapping.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { OCCASIONS } from '../../model/news.js';
import { overwritten } from '../../text/yaml/overwrite-secrets.js';
import { bareRecord } from '../../text/yaml/value.js';
import type { Path, YamlSource } from '../../text/yaml/load.js';
import { ENV_PATTERN, PROXY_PATTERN, SERVER_PATTERN, WAY_NAMES } from './schema.js';

/** What keeps a secret that was written into `notify.yaml` by mistake out of every message about that file. */

/** Values that are shown: words of the format. */
const WORDS: ReadonlySet<string> = new Set([
  ...OCCASIONS,
  ...WAY_NAMES,
  'starttls',
  'implicit',
  'none',
  'true',
  'false',
]);
/** A field as it may be called; longer or stranger, it may be a secret that stands in the wrong place. */
const FIELD = /^["']?[A-Za-z][\w.-]{0,40}["']?:?$/;
const MOST_BLANKS = 200;

/** Whether a word stands where a field of a mapping begins, and not behind another one's colon. */
function beginsField(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - MOST_BLANKS), start).replace(/[^\S\n]+$/, '');
  return before === '' || /[\n{,]$/.test(before) || /(?:^|\n)\s*[-?]$/.test(before);
}

/** The text for excerpts: of the same length and lines, its values overwritten and its fields left. */
export function shownTargets(text: string): string {
  const ranges = [...text.matchAll(/"[^"\n]{0,1000}"|'[^'\n]{0,1000}'|[^\s{}[\],"']{1,1000}/g)].flatMap((match) => {
    const [word] = match;
    const end = match.index + word.length;
    const isField =
      FIELD.test(word) &&
      (word.endsWith(':') || /^\s{0,9}:/.test(text.slice(end, end + 10))) &&
      beginsField(text, match.index);
    return isField || WORDS.has(word) ? [] : [{ start: match.index, end }];
  });
  return overwritten(text, ranges);
}

/** Whether a value says where a secret stands; that it says so once is looked at later. */
function isPlace(value: unknown): boolean {
  if (!isMapping(value)) return false;
  return Object.entries(value).every(
    ([field, held]) =>
      typeof held === 'string' &&
      ((field === 'file' && held !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(held)) ||
        (field === 'env' && new RegExp(ENV_PATTERN).test(held))),
  );
}

const HEADER = /^[\w!#$%&'*+.^`|~-]{1,100}$/;
/** Fits no pattern of the format, so that the mistake is told, with this in its place. */
const HIDDEN = '*** @ ***';
const NO_SECRET = { env: 'HIDDEN' } as const;

/** A text that fits no pattern of its field may be anything. */
function fitting(pattern: string): (value: unknown) => unknown {
  return (value) => (typeof value !== 'string' || new RegExp(pattern).test(value) ? value : HIDDEN);
}

/** A copy of a mapping with each value made anew; anything else as it is. */
function each(value: unknown, path: Path, of: (held: unknown, path: Path, field: string) => unknown): unknown {
  if (!isMapping(value)) return value;
  const copy = bareRecord<unknown>();
  for (const [field, held] of Object.entries(value)) copy[field] = of(held, [...path, field], field);
  return copy;
}

interface Discreet {
  readonly source: YamlSource;
  readonly diagnostics: readonly Diagnostic[];
}

/** The same source without what may be a secret, and what is wrong about each that stands where its place should be named. */
export function discreetTargets(source: YamlSource): Discreet {
  const diagnostics: Diagnostic[] = [];
  const wrong = (path: Path, part: 'key' | 'value', message: string, help: string): void =>
    void diagnostics.push({ code: 'notify/secret', severity: 'error', message, ...source.placeOf(path, part), help });

  const placeOf = (value: unknown, path: Path): unknown => {
    if (isPlace(value)) return value;
    wrong(
      path,
      'key',
      'a secret does not stand here, but where it is found',
      'write { file: /etc/kernward/slack-url } or { env: SLACK_URL }, and change the secret if others could read this file',
    );
    return NO_SECRET;
  };
  const headersOf = (headers: unknown, path: Path): unknown => {
    if (!isMapping(headers)) return headers;
    const kept = bareRecord<unknown>();
    for (const [name, held] of Object.entries(headers))
      if (HEADER.test(name)) kept[name] = placeOf(held, [...path, name]);
      else
        wrong(
          path,
          'key',
          'one of these is no name of a header',
          'write the name alone, and behind it where its value is found: Authorization: { env: TICKETS_AUTHORIZATION }',
        );
    return kept;
  };
  const FIELDS: Readonly<Record<string, (value: unknown, path: Path) => unknown>> = {
    url: placeOf,
    password: placeOf,
    headers: headersOf,
    proxy: fitting(PROXY_PATTERN),
    server: fitting(SERVER_PATTERN),
  };
  const wayOf = (way: unknown, path: Path): unknown =>
    each(way, path, (held, at, field) => FIELDS[field]?.(held, at) ?? held);
  const targetsOf = (targets: unknown, path: Path): unknown =>
    each(targets, path, (target, at) => each(target, at, wayOf));
  const value = each(source.value, [], (held, path, field) => (field === 'targets' ? targetsOf(held, path) : held));
  return { source: { ...source, value }, diagnostics };
}
