/**
 * Lines that are not empty, one at a time: a host may send a million of them, and a list of so many holds everybody up for longer
 * than to look at each.
 */
export function* filledLines(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    if (end > start) yield text.slice(start, end);
    start = end + 1;
  }
}

const LINE_END = 0x0a;

/** How many there are. */
export function countFilledLines(text: string): number {
  let lines = 0;
  let isFilled = false;
  for (let at = 0; at < text.length; at += 1) {
    const isEnd = text.charCodeAt(at) === LINE_END;
    if (isEnd && isFilled) lines += 1;
    isFilled = !isEnd;
  }
  return isFilled ? lines + 1 : lines;
}
