import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { memoize } from '../../language/memoize.js';
import { checkedSource } from '../checked-source.js';
import { splitLines, type Lines } from '../lines.js';
import type { TextFile } from '../text-file.js';
import { composeDocument } from './document.js';
import { readPlainYaml, createStartAt, type PlainYaml } from './plain-yaml.js';
import { parseProblems, treeProblem } from './problems.js';
import { placeBetween, getSource } from './source.js';
import type { Place, YamlSource } from './source.js';
import { readTokens } from './tokens.js';
import { toPlain } from './value.js';
import type { AliasLimits } from './value.js';

export type { Path, YamlSource } from './source.js';

interface YamlLimits extends AliasLimits {
  /** UTF-16 units; the library makes some hundred bytes of each. */
  readonly maxLength: number;
  /** Of what needs no library. */
  readonly maxPlainLength: number;
  /** Collections within collections; counted before parsing. */
  readonly maxDepth: number;
}

const YAML_LIMITS: YamlLimits = {
  maxLength: 10 * 1024 * 1024,
  maxPlainLength: 64 * 1024 * 1024,
  maxDepth: 100,
  maxAliases: 1000,
  maxAliasNodes: 100_000,
};

export interface YamlOptions extends Partial<YamlLimits> {
  /** What excerpts are cut from, of the same length and lines as the text: secrets overwritten. */
  readonly show?: () => string;
  /** Tags are passed over (`!vault`), and the plain value is read; otherwise a tag is an error. */
  readonly withTags?: boolean;
  /** False: all of it is left to the library. */
  readonly isPlainRead?: boolean;
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function tooLarge(length: number, maxLength: number, file: string): Diagnostic {
  return {
    code: 'yaml/too-large',
    severity: 'error',
    message: `the file has ${length} characters; at most ${maxLength} are read`,
    at: { file, line: 1, column: 1 },
    help: 'split it into several files; where it is plain (no anchors, tags, escapes, texts over several lines), 64 MiB are read',
  };
}

function tooDeep(maxDepth: number, place: Place): Diagnostic {
  return {
    code: 'yaml/too-deep',
    severity: 'error',
    message: `more than ${maxDepth} collections stand in each other here`,
    ...place,
    help: 'no file of kernward needs more than a dozen: look for brackets that are never closed',
  };
}

function hopeless(place: Place): Diagnostic {
  return {
    code: 'yaml/syntax',
    severity: 'error',
    message: 'not YAML: a thousand mistakes up to here',
    ...place,
    help: 'is this the right file?',
  };
}

/** What a text is that was read without the library: the library is asked when more than a start is wanted. */
function plainSource(
  plain: PlainYaml,
  {
    file,
    lines,
    readWhole,
  }: { readonly file: string; readonly lines: Lines; readonly readWhole: (() => Loaded<YamlSource>) | undefined },
): YamlSource {
  const startAt = createStartAt(plain);
  const positionOf: YamlSource['positionOf'] = (path, part = 'value') => lines.positionAt(startAt(path, part));
  const common = { file, value: plain.value, positionOf };
  // Too long for the library. Without its spans nothing could be overwritten in an excerpt, so there is none.
  if (readWhole === undefined)
    return {
      ...common,
      placeOf: (path, part) => ({ at: positionOf(path, part) }),
      spanOf: () => undefined,
      writtenAt: () => undefined,
      excerptAt: () => '',
    };
  const whole = memoize((): YamlSource => {
    const { value } = readWhole();
    if (value === undefined) throw new Error(`${file} was read without mistakes, and the second time with some`);
    return value;
  });
  return {
    ...common,
    placeOf: (path, part) => whole().placeOf(path, part),
    spanOf: (path) => whole().spanOf(path),
    writtenAt: (path) => whole().writtenAt(path),
    excerptAt: lines.excerptAt,
  };
}

/**
 * Reads one YAML 1.2 document, safely for any text: size, depth and aliases are limited, nothing is executed, and no
 * key reaches a prototype. What YAML allows but a policy or an inventory never needs is an error: duplicate keys, tags,
 * a second document, another version's directive.
 *
 * @returns `value` only where nothing is wrong; diagnostics have the codes `yaml/…`; never throws
 */
export function readYaml(rawText: string, file: string, options: YamlOptions = {}): Loaded<YamlSource> {
  const limits = { ...YAML_LIMITS, ...options };
  const { show } = options;
  const text = withoutMark(rawText);
  const isLong = text.length > limits.maxLength;
  if (text.length > Math.max(limits.maxLength, limits.maxPlainLength))
    return wrong([tooLarge(text.length, limits.maxPlainLength, file)]);

  const lines = splitLines(text, file, show && (() => withoutMark(show())));
  const plain = options.isPlainRead === false ? undefined : readPlainYaml(text);
  if (plain !== undefined)
    return right(
      plainSource(plain, {
        file,
        lines,
        readWhole: isLong ? undefined : () => readWhole(text, lines, file, limits, options),
      }),
    );
  return isLong
    ? wrong([tooLarge(text.length, limits.maxLength, file)])
    : readWhole(text, lines, file, limits, options);
}

/** By the library. */
function readWhole(
  text: string,
  lines: Lines,
  file: string,
  limits: YamlLimits,
  options: YamlOptions,
): Loaded<YamlSource> {
  const place = (start: number, end: number): Place => placeBetween(lines, start, end);
  const { tokens, tooDeepAt, otherVersionAt, hopelessAt } = readTokens(text, limits.maxDepth);
  if (tooDeepAt !== undefined) return wrong([tooDeep(limits.maxDepth, place(tooDeepAt, tooDeepAt + 1))]);
  if (hopelessAt !== undefined) return wrong([hopeless(place(hopelessAt, hopelessAt + 1))]);

  const document = composeDocument(tokens, text.length);
  const tree = toPlain(document.contents, limits);
  const diagnostics = [
    ...parseProblems(document, otherVersionAt, place, options.withTags === true),
    ...tree.problems.map((problem) => treeProblem(problem, place, lines.positionAt)),
  ];
  if (diagnostics.length > 0) return wrong(diagnostics);
  return right(getSource({ text, file, lines, root: document.contents, tree }));
}

/** As `readYaml`, of a file whose value may be known already. */
export function readYamlFile({ file, text, checked }: TextFile): Loaded<YamlSource> {
  return checked === undefined ? readYaml(text, file) : right(checkedSource(file, checked, () => readYaml(text, file)));
}
