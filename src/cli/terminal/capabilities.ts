/**
 * Nothing but text is for a terminal of which TERM says `dumb`, or nothing: in an editor, over a serial line. Windows
 * has no TERM.
 */
function isDumb(): boolean {
  const term = process.env['TERM'] ?? '';
  return term === 'dumb' || (term === '' && process.platform !== 'win32');
}

/** Colours and the line that is written over are for terminals that know how; NO_COLOR is https://no-color.org. */
export function isColoured(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !isDumb() && (process.env['NO_COLOR'] ?? '') === '';
}

/** May a line be taken back and written again? */
export function canRewrite(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !isDumb();
}
