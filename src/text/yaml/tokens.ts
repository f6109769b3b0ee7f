import { Lexer } from 'yaml';

/** The tokens of a YAML text, and where it nests too deep, or says that it is not YAML 1.2; offsets into the text. */
export interface YamlTokens {
  /** Up to the end, or to what ends the reading. */
  readonly tokens: readonly string[];
  readonly tooDeepAt: number | undefined;
  /** The `%YAML` directive of another version than 1.2. */
  readonly otherVersionAt: number | undefined;
  /** So many certain errors came before this that no parser should be asked: it makes an object of each. */
  readonly hopelessAt: number | undefined;
}

const HOPELESS = 1000;
/** Two of these in a row are never YAML: commas, anchors, tags. */
const NEVER_TWICE = ',&!';

const OPENS = new Set(['[', '{']);
const CLOSES = new Set([']', '}']);
const INDICATORS = new Set(['-', '?', ':']);

/**
 * Cuts a text into tokens and counts nesting over them, before any parser recurses into it: a parser that runs out of
 * stack aborts the process.
 *
 * Flow depth is the open brackets. Block depth is the number of columns, strictly rising, at which indicators and
 * scalars that are still open stand; it is never less than the real depth minus the sequences that stand in their key's
 * column.
 */
export function readTokens(text: string, maxDepth: number): YamlTokens {
  const tokens: string[] = [];
  const columns: number[] = [];
  let flowDepth = 0;
  let offset = 0;
  let lineStart = 0;
  let isKeyPossible = true;
  let isScalarNext = false;
  let otherVersionAt: number | undefined;
  let problems = 0;
  let before = '';

  for (const token of new Lexer().lex(text)) {
    tokens.push(token);
    // \x02 opens a document, \x18 ends a broken flow, \x1f announces a scalar: no text of their own.
    if (!isScalarNext && (token === '\x02' || token === '\x18')) continue;
    if (!isScalarNext && token === '\x1f') {
      isScalarNext = true;
      continue;
    }
    const isContent =
      isScalarNext || INDICATORS.has(token) || OPENS.has(token) || token.startsWith('"') || token.startsWith("'");
    if (!isScalarNext) {
      if (OPENS.has(token)) flowDepth++;
      else if (CLOSES.has(token)) {
        if (flowDepth === 0) problems++;
        flowDepth = Math.max(0, flowDepth - 1);
      } else if (token.startsWith('%YAML') && !/^%YAML[ \t]+1\.2(?:[ \t]|$)/.test(token)) otherVersionAt ??= offset;
    }
    if (isContent && flowDepth === 0 && (token !== ':' || isScalarNext || isKeyPossible)) {
      const column = offset - lineStart;
      while ((columns.at(-1) ?? -1) > column) columns.pop();
      if ((columns.at(-1) ?? -1) < column) columns.push(column);
    }
    if (columns.length + flowDepth > maxDepth)
      return { tokens, tooDeepAt: offset, otherVersionAt, hopelessAt: undefined };
    const first = isScalarNext ? 'scalar' : (token[0] ?? '');
    if (first === before && NEVER_TWICE.includes(first)) problems++;
    if (problems > HOPELESS) return { tokens, tooDeepAt: undefined, otherVersionAt, hopelessAt: offset };
    if (token.trim() !== '' && first !== '#') before = first;
    if (isContent) isKeyPossible = !isScalarNext && INDICATORS.has(token);
    const lastNewline = token.lastIndexOf('\n');
    if (lastNewline !== -1) {
      lineStart = offset + lastNewline + 1;
      isKeyPossible = true;
    }
    offset += token.length;
    isScalarNext = false;
  }
  return { tokens, tooDeepAt: undefined, otherVersionAt, hopelessAt: undefined };
}
