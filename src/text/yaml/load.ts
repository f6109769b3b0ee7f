import { right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { checkedSource } from '../checked-source.js';
import { splitLines } from '../lines.js';
import type { TextFile } from '../text-file.js';
import { composeDocument } from './document.js';
import { parseProblems, treeProblem } from './problems.js';
import { placeBetween, getSource } from './source.js';
import type { Place, YamlSource } from './source.js';
import { readTokens } from './tokens.js';
import { toPlain } from './value.js';
import type { AliasLimits } from './value.js';

export type { Path, YamlSource } from './source.js';

interface YamlLimits extends AliasLimits {
  /** UTF-16 units. */
  readonly maxLength: number;
  /** Collections within collections; counted before parsing. */
  readonly maxDepth: number;
}

const YAML_LIMITS: YamlLimits = {
  maxLength: 10 * 1024 * 1024,
  maxDepth: 100,
  maxAliases: 1000,
  maxAliasNodes: 100_000,
};

export interface YamlOptions extends Partial<YamlLimits> {
  /** What excerpts are cut from, of the same length and lines as the text: secrets overwritten. */
  readonly shown?: string;
  /** Tags are passed over (`!vault`), and the plain value is read; otherwise a tag is an error. */
  readonly withTags?: boolean;
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
    help: 'split it into several files',
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

/**
 * Reads one YAML 1.2 document, safely for any text: size, depth and aliases are limited, nothing is executed, and no
 * key reaches a prototype. What YAML allows but a policy or an inventory never needs is an error: duplicate keys, tags,
 * a second document, another version's directive.
 *
 * @returns `value` only where nothing is wrong; diagnostics have the codes `yaml/…`; never throws
 */
export function readYaml(rawText: string, file: string, options: YamlOptions = {}): Loaded<YamlSource> {
  const limits = { ...YAML_LIMITS, ...options };
  const text = withoutMark(rawText);
  if (text.length > limits.maxLength) return wrong([tooLarge(text.length, limits.maxLength, file)]);

  const lines = splitLines(text, file, options.shown === undefined ? text : withoutMark(options.shown));
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
