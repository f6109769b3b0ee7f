/**
 * A shell that is to read on is told of the end of its input when it has said nothing for so long. What stands for it at some host, as a forced
 * command that reads all before it begins, would wait for ever.
 */
export const INPUT_OPEN_MS = 2000;

/**
 * Waits for a line, whole and on its own, in what comes in pieces of any size.
 *
 * @returns says of each piece whether the line has now come
 */
export function awaitedLine(line: string): (piece: Buffer) => boolean {
  const awaited = Buffer.from(`\n${line}\n`);
  let before = Buffer.from('\n');
  return (piece) => {
    // The line in the piece, or across its beginning.
    if (piece.includes(awaited)) return true;
    const across = Buffer.concat([before, piece.subarray(0, awaited.length - 1)]);
    if (across.includes(awaited)) return true;
    const last = piece.length < awaited.length ? across : piece;
    before = Buffer.from(last.subarray(Math.max(0, last.length - awaited.length + 1)));
    return false;
  };
}
