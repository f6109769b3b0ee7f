const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The same text, by itself: what V8 cuts out of a text keeps all of that in memory. Half a pair of surrogates does not come through,
 * so it is for what was decoded.
 */
export function detached(text: string): string {
  return DECODER.decode(ENCODER.encode(text));
}
