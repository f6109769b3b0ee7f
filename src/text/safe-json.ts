/** What `JSON.stringify` leaves as it is and a terminal acts on, or shows as something else: DEL, C1, and what `clean` makes visible. */
const UNSAFE = /(?!\n)(?:[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|\u17b4|\u17b5)/gu;
/** Where they may be. Without the flag `u`, with which V8 takes six times as long; a run holds both halves of a pair. */
const OTHER_THAN_ASCII = /[^\u0020-\u007e\n]+/g;

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}

/**
 * JSON that is safe to look at with `cat`: hosts may name themselves with what moves the cursor or turns the text round. Reads
 * back as the same value.
 *
 * @param indent as of `JSON.stringify`
 */
export function safeJson(value: unknown, replacer?: undefined, indent?: number): string {
  return JSON.stringify(value, replacer, indent).replace(OTHER_THAN_ASCII, (run) => run.replace(UNSAFE, escaped));
}
