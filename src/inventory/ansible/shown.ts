import { overwritten, overwriteSecrets } from '../native/secrets.js';

/** What else than a telling name gives a secret away in Ansible's files: encrypted texts, and options of ssh. */
const HIDDEN = [
  /\$ANSIBLE_VAULT[^"'\n]*/g,
  /\b[0-9a-f]{40,}\b/gi,
  /(?<=_args["']?\s*[:=])[^\n]*/g,
  /(?<=\bsshpass\b)[^\n]*/g,
];

/** The text for excerpts, of the same length and lines; rather too much is hidden than too little. */
export function shownAnsible(text: string): string {
  return overwriteSecrets(
    HIDDEN.reduce(
      (shown, pattern) =>
        overwritten(
          shown,
          [...shown.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length })),
        ),
      text,
    ),
  );
}
