import { startPatience } from './patience.js';

/**
 * A shell that is to read on is told of the end of its input when it has said nothing for so long. What stands for it at some host, as a forced
 * command that reads all before it begins, would wait for ever.
 */
const INPUT_OPEN_MS = 2000;

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

/** What a shell that is to read on is listened to by, from when it is given its script. */
export interface ReadingOn {
  /** Whether with this piece it has run the script and reads on. */
  readonly heard: (stream: 'stdout' | 'stderr', piece: Buffer) => boolean;
  /** Nothing more is waited for. */
  readonly end: () => void;
}

/**
 * @param line its last word when it has run the script
 * @param endInput tells it that this is all; then it no longer reads on
 */
export function listenForReadingOn(line: string, endInput: () => void): ReadingOn {
  const isOver = awaitedLine(line);
  let isOpen = true;
  const silence = startPatience(INPUT_OPEN_MS, () => {
    isOpen = false;
    endInput();
  });
  return {
    heard: (stream, piece) => {
      silence.renew();
      return stream === 'stdout' && isOver(piece) && isOpen;
    },
    end: silence.end,
  };
}
