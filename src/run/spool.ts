import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where what came of each host waits until it is written in inventory order: it arrives in any. */
export interface Spool {
  /** Keeps what came of the host at `index`. Never throws: where the disk refuses, it stays in memory. */
  readonly keep: (index: number, text: string) => void;
  /** `undefined`: nothing was kept, the host was not asked. */
  readonly at: (index: number) => string | undefined;
  readonly has: (index: number) => boolean;
  /** What went wrong with the disk, if anything; nothing is lost by it. */
  readonly trouble: () => string | undefined;
  readonly close: () => void;
}

type Slot = { readonly inMemory: Buffer } | { readonly offset: number; readonly length: number };

/** A file that is open needs no name, and without one nothing of it is left when the run is killed. Where names cannot go early, `close` takes it. */
const withoutName = (directory: string): string | undefined => {
  try {
    rmSync(directory, { recursive: true });
    return undefined;
  } catch {
    return directory; // Windows, NFS
  }
};

/**
 * A spool that holds up to `memoryBytes` itself and puts what comes after into one private file, so that a small fleet
 * never touches the disk and 10,000 hosts never fill the memory.
 */
export const openSpool = (memoryBytes = 64 * 1024 * 1024): Spool => {
  const slots = new Map<number, Slot>();
  let inMemory = 0;
  let directory: string | undefined;
  let file: number | undefined;
  let end = 0;
  let trouble: string | undefined;

  const toDisk = (bytes: Buffer): Slot | undefined => {
    if (trouble !== undefined) return undefined;
    try {
      if (file === undefined) {
        directory = mkdtempSync(join(tmpdir(), 'kernward-'));
        file = openSync(join(directory, 'spool'), 'wx+', 0o600);
        directory = withoutName(directory);
      }
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, end + written);
      const slot = { offset: end, length: bytes.length };
      end += bytes.length;
      return slot;
    } catch (thrown) {
      trouble = `${tmpdir()}: ${thrown instanceof Error ? thrown.message : String(thrown)}; the rest of the run is kept in memory`;
      return undefined;
    }
  };

  const read = (slot: Slot): Buffer => {
    if ('inMemory' in slot) return slot.inMemory;
    const bytes = Buffer.allocUnsafe(slot.length);
    let had = 0;
    while (had < slot.length) {
      const got = readSync(file ?? -1, bytes, had, slot.length - had, slot.offset + had);
      if (got === 0) throw new Error('the spool file was shortened by somebody else');
      had += got;
    }
    return bytes;
  };

  return {
    keep: (index, text) => {
      const bytes = Buffer.from(text);
      const onDisk = inMemory + bytes.length > memoryBytes ? toDisk(bytes) : undefined;
      if (onDisk === undefined) inMemory += bytes.length;
      slots.set(index, onDisk ?? { inMemory: bytes });
    },
    at: (index) => {
      const slot = slots.get(index);
      return slot === undefined ? undefined : read(slot).toString();
    },
    has: (index) => slots.has(index),
    trouble: () => trouble,
    close: () => {
      if (file !== undefined) closeSync(file);
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
};
