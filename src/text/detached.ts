const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** From so many UTF-16 units on V8 keeps what is cut out of a text as a place in it (SlicedString::kMinLength in V8's src/objects/string.h). */
const SHORTEST_SLICE = 13;

/**
 * The same text, by itself: what V8 cuts out of a text keeps all of that in memory. Half a pair of surrogates does not come through,
 * so it is for what was decoded.
 */
export function detached(text: string): string {
  return text.length < SHORTEST_SLICE ? text : DECODER.decode(ENCODER.encode(text));
}
