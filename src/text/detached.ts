const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** For what is short, for which an array of its own would take longer than all else. */
const SCRATCH = Buffer.allocUnsafeSlow(4096);
/** A unit of UTF-16 is at most three bytes of UTF-8. */
const LONGEST_IN_SCRATCH = Math.floor(SCRATCH.length / 3);

/** From so many UTF-16 units on V8 keeps what is cut out of a text as a place in it (SlicedString::kMinLength in V8's src/objects/string.h). */
const SHORTEST_SLICE = 13;

/**
 * The same text, by itself: what V8 cuts out of a text keeps all of that in memory. Half a pair of surrogates does not come through,
 * so it is for what was decoded.
 */
export function detached(text: string): string {
  if (text.length < SHORTEST_SLICE) return text;
  return text.length > LONGEST_IN_SCRATCH
    ? DECODER.decode(ENCODER.encode(text))
    : SCRATCH.toString('utf8', 0, SCRATCH.write(text));
}
