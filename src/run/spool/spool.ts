import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where what came of each host waits until it is written in inventory order: it arrives in any. */
export interface Spool<T> {
  /** Keeps what came of the host at `index`. Never throws: where the disk refuses, it stays in memory. */
  readonly keep: (index: number, item: T) => void;
  /** Keeps an item that is text already, in UTF-8, and what makes an item of it; not there: the text is as `toText` makes it. */
  readonly keepText: (index: number, text: Uint8Array, fromText?: (text: string) => T) => void;
  /** `undefined`: nothing was kept, the host was not asked. */
  readonly at: (index: number) => T | undefined;
  readonly has: (index: number) => boolean;
  /** What went wrong with the disk, if anything; nothing is lost by it. */
  readonly error: () => string | undefined;
  readonly close: () => void;
}

/** What the spool has to know of the items. */
export interface Codec<T> {
  /** How much memory one takes, in bytes, as near as it is known without counting. */
  readonly bytes: (item: T) => number;
  readonly toText: (item: T) => string;
  /** Gives back what `toText` was given. */
  readonly fromText: (text: string) => T;
}

/** Items that are text already. */
export const TEXT: Codec<string> = {
  bytes: (text) => 2 * text.length,
  toText: (text) => text,
  fromText: (text) => text,
};

interface OnDisk<T> {
  readonly offset: number;
  readonly length: number;
  readonly fromText: (text: string) => T;
}
interface AsText<T> {
  readonly text: Uint8Array;
  readonly fromText: (text: string) => T;
}
type Slot<T> = { readonly item: T } | AsText<T> | OnDisk<T>;

/**
 * A file that is open needs no name, and without one nothing of it is left when the run is killed. Where names cannot
 * go early, `close` takes it.
 */
function withoutName(directory: string): string | undefined {
  try {
    rmSync(directory, { recursive: true });
    return undefined;
  } catch {
    return directory; // Windows, NFS
  }
}

/** A text that came in UTF-8. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

/** Bytes that are written at once. */
const AT_ONCE = 64 * 1024;

const MIB = 1024 * 1024;

/** A fleet that fits is kept as it is; of one that does not, most goes to the disk anyway, and what stays is in the way. */
export function spoolMemory(hosts: number): number {
  return (hosts <= 2000 ? 64 : 8) * MIB;
}

/**
 * A spool that holds items of up to `memoryBytes` as they are and puts what comes after into one private file, as text,
 * so that a small fleet never touches the disk and 10,000 hosts never fill the memory.
 */
export function openSpool<T>({ bytes: bytesOf, toText, fromText }: Codec<T>, memoryBytes: number): Spool<T> {
  const slots = new Map<number, Slot<T>>();
  let inMemory = 0;
  let directory: string | undefined;
  let file: number | undefined;
  let end = 0;
  let error: string | undefined;

  /** What is on its way to the disk, and is in memory until then. */
  let leaving: (AsText<T> & { readonly index: number })[] = [];
  let leavingBytes = 0;

  const writeAll = (): void => {
    const all = leaving;
    [leaving, leavingBytes] = [[], 0];
    try {
      const [first, ...others] = all.map(({ text }) => text);
      const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(all.map(({ text }) => text));
      if (file === undefined) {
        directory = mkdtempSync(join(tmpdir(), 'kernward-'));
        file = openSync(join(directory, 'spool'), 'wx+', 0o600);
        directory = withoutName(directory);
      }
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, end + written);
    } catch (thrown) {
      error = `${tmpdir()}: ${thrown instanceof Error ? thrown.message : String(thrown)}; the rest of the run is kept in memory`;
      return;
    }
    for (const waiting of all) {
      const { index, text, fromText: back } = waiting;
      // Whatever was kept at its place since stands there.
      if (slots.get(index) === waiting) slots.set(index, { offset: end, length: text.length, fromText: back });
      end += text.length;
    }
  };
  const toDisk = (index: number, text: Uint8Array, back: (text: string) => T): void => {
    const waiting = { index, text, fromText: back };
    slots.set(index, waiting);
    leaving.push(waiting);
    leavingBytes += text.length;
    if (leavingBytes >= AT_ONCE) writeAll();
  };

  const read = (slot: OnDisk<T>): T => {
    const bytes = Buffer.allocUnsafe(slot.length);
    let had = 0;
    while (had < slot.length) {
      const got = readSync(file ?? -1, bytes, had, slot.length - had, slot.offset + had);
      if (got === 0) throw new Error('the spool file was shortened by somebody else');
      had += got;
    }
    return slot.fromText(bytes.toString());
  };

  return {
    keep: (index, item) => {
      const bytes = bytesOf(item);
      if (inMemory + bytes > memoryBytes && error === undefined) {
        toDisk(index, Buffer.from(toText(item)), fromText);
        return;
      }
      inMemory += bytes;
      slots.set(index, { item });
    },
    keepText: (index, text, back = fromText) => {
      if (inMemory + text.length > memoryBytes && error === undefined) {
        toDisk(index, text, back);
        return;
      }
      inMemory += text.length;
      slots.set(index, { text, fromText: back });
    },
    at: (index) => {
      const slot = slots.get(index);
      if (slot === undefined) return undefined;
      if ('item' in slot) return slot.item;
      return 'text' in slot ? slot.fromText(textOf(slot.text)) : read(slot);
    },
    has: (index) => slots.has(index),
    error: () => error,
    close: () => {
      if (file !== undefined) closeSync(file);
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}
