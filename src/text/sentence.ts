/** Words that are written small wherever they stand. */
const NAMES = /^(?:khugepaged|kdump|sysctl|makedumpfile|\S*[./_=]\S)/;

/** A first letter in upper case, and a full stop. */
export function sentence(text: string): string {
  const whole = NAMES.test(text) ? text : text.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  return /[.:!?]$/.test(whole) ? whole : `${whole}.`;
}
