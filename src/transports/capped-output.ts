/** What a command prints, up to a cap shared by stdout and stderr. */
export interface CappedOutput {
  readonly stdout: () => Uint8Array;
  readonly stderr: () => Uint8Array;
  /** Adds a chunk; false when the cap is passed, and then only what fits was kept. */
  readonly add: (stream: 'stdout' | 'stderr', chunk: Buffer) => boolean;
}

/** What came in one piece is not copied. Copies are memory outside of the heap, by which V8 looks for garbage the sooner. */
function whole(pieces: readonly Buffer[]): Uint8Array {
  const [first, ...others] = pieces;
  return first !== undefined && others.length === 0 ? first : Buffer.concat(pieces);
}

export function collectOutput(maxBytes: number): CappedOutput {
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  let left = maxBytes;
  return {
    stdout: () => whole(chunks.stdout),
    stderr: () => whole(chunks.stderr),
    add: (stream, chunk) => {
      const kept = chunk.length > left ? chunk.subarray(0, left) : chunk;
      left -= kept.length;
      if (kept.length > 0) chunks[stream].push(kept);
      return kept.length === chunk.length;
    },
  };
}
