/**
 * Whether a whole text matches a pattern in which `*` stands for any run of characters, the empty one included, and,
 * where it is named, `?` for any one UTF-16 unit. Nothing else is special. The time is at most the product of the two
 * lengths.
 *
 * Other patterns are other languages and stay apart: Ansible's of host names have brackets and run on RE2
 * (inventory/patterns/name-matcher.ts), those of `Include` are glob(3)'s with brackets and escapes
 * (transports/ssh-config/parse/path-glob.ts), and the star of a fact's paths ends at a slash (probe/parse.ts).
 */
export function matchesWildcard(pattern: string, text: string, special: '*' | '*?' = '*'): boolean {
  const hasQuestionMark = special === '*?';
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern++;
      resume = at;
    } else if (wanted !== undefined && (wanted === text[at] || (hasQuestionMark && wanted === '?'))) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
