import { overwritten, overwriteSecrets } from '../../text/yaml/overwrite-secrets.js';

/** What else than a telling name gives a secret away in Ansible's files: encrypted texts, and options of ssh. */
const HIDDEN = [/\$ANSIBLE_VAULT[^"'\n]*/g, /(?<=_args["']?\s*[:=])[^\n]*/g, /(?<=\bsshpass\b)[^\n]*/g];

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Digests and keys in hexadecimal. In steps: a pattern without an upper bound ends the stack at a line of ten million letters. */
function hexRuns(text: string): readonly Span[] {
  const more = /[0-9a-f]{1,1000}/iy;
  return [...text.matchAll(/\b[0-9a-f]{40}/gi)].map(({ index }) => {
    let end = index + 40;
    for (more.lastIndex = end; more.test(text); end = more.lastIndex);
    return { start: index, end };
  });
}

/** The text for excerpts, of the same length and lines; rather too much is hidden than too little. */
export function shownAnsible(text: string): string {
  return overwriteSecrets(
    HIDDEN.reduce(
      (shown, pattern) =>
        overwritten(
          shown,
          [...shown.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
        ),
      overwritten(text, hexRuns(text)),
    ),
  );
}
