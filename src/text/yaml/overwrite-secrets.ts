/** Secrets in a text that is shown: overwritten, so that it keeps its length and its lines. */

/** Names of fields that hold a secret, in a text that may not be YAML. */
const IN_TEXT =
  /(pass(?:word|wd|wort|phrase)?|pwd|private[_.-]?key|secret(?:[_.-]?(?:access[_.-]?)?key)?|token|api[_.-]?key|key[_.-]?data)["']?(\s*[:=]|\s*$)/i;

/** By runs, since a text may have millions of letters. */
function stars(text: string): string {
  return text.replace(/\S{1,1000}/g, ({ length }) => '*'.repeat(length));
}

/** The text for excerpts: same length, same lines, and what stands in the ranges overwritten. */
export function overwritten(text: string, ranges: readonly { readonly start: number; readonly end: number }[]): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    shown += text.slice(at, Math.max(at, start)) + stars(text.slice(Math.max(at, start), end));
    at = end;
  }
  return shown + text.slice(at);
}

/** From `-----BEGIN` to its end, or to the end of the text. */
function overwriteKeys(text: string): string {
  return text.replace(/(?:-----BEGIN|PuTTY-User-Key-File)[^]*?(?:-----END[^\n]*|$(?![^]))/g, stars);
}

/** Where the last word of a text starts; counted backwards, because a search from the front may be quadratic. */
function lastWordStart(text: string): number {
  let start = text.length;
  while (start > 0 && !/\s/.test(text[start - 1] ?? '')) start--;
  return start;
}

/** From a field with a telling name to the end of its line, and the lines below it that stand further to the right. */
export function overwriteFields(text: string): string {
  if (!IN_TEXT.test(text)) return text;
  let below = Number.POSITIVE_INFINITY;
  const lines = text.split('\n').map((line) => {
    const indent = line.search(/\S/);
    if (indent === -1) return line;
    const field = IN_TEXT.exec(line);
    if (indent > below || (indent === below && line[indent] === ':')) return stars(line);
    below = Number.POSITIVE_INFINITY;
    if (field === null) return line;
    const lead = line.slice(0, field.index);
    below = /[{[?]/.test(lead) ? indent : lastWordStart(lead);
    const valueAt = field.index + field[0].length;
    return line.slice(0, valueAt) + stars(line.slice(valueAt));
  });
  return lines.join('\n');
}

/** The text for excerpts of a file that may not even be YAML: rather too much is hidden than too little. */
export function overwriteSecrets(text: string): string {
  return overwriteFields(overwriteKeys(text));
}
