import { Composer, Parser, YAMLParseError, type CST, type Document } from 'yaml';

/** YAML 1.2 core: `no` and `on` are texts. Duplicate keys are looked for later, in linear time. */
const OPTIONS = {
  prettyErrors: false,
  logLevel: 'error',
  version: '1.2',
  stringKeys: true,
  uniqueKeys: false,
  resolveKnownTags: false,
} as const;

function* parse(tokens: readonly string[]): Generator<CST.Token> {
  const parser = new Parser();
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

/**
 * As the library's `parseDocument`, of a text that was cut into tokens already.
 *
 * @throws Error where the library makes no document, which it always does
 */
export function composeDocument(tokens: readonly string[], length: number): Document.Parsed {
  let document: Document.Parsed | undefined;
  for (const next of new Composer(OPTIONS).compose(parse(tokens), true, length)) {
    if (document !== undefined) {
      document.errors.push(new YAMLParseError([next.range[0], next.range[1]], 'MULTIPLE_DOCS', 'a second document'));
      break;
    }
    document = next;
  }
  if (document === undefined) throw new Error('the YAML library made no document');
  return document;
}
