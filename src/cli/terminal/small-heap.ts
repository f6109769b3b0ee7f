import { setFlagsFromString } from 'node:v8';

/** Fleets below this are done before garbage is worth a thought. */
const MANY_HOSTS = 500;
/** UTF-16 units of inventories: what is made of them is thirty times as large. */
const LONG_TEXT = 2 * 1024 * 1024;

/**
 * From this V8 on (Node 24) the space of what is new may grow to 64 MiB: --scavenger-max-new-space-capacity-mb=32, "twice
 * the capacity" without pointer compression, as `node --v8-options` says.
 */
const V8_OF_LARGE_NEW_SPACE = 13;

/**
 * Has the garbage collector run when the heap has grown by half. Left to itself it waits, on a machine with memory to spare, until
 * the heap is four times what is used: 10,000 hosts took 500 MB of which 60 were in use. Costs some percent of CPU.
 */
export function keepHeapSmall({
  hosts = 0,
  characters = 0,
}: {
  readonly hosts?: number;
  readonly characters?: number;
}): void {
  if (hosts <= MANY_HOSTS && characters <= LONG_TEXT) return;
  setFlagsFromString('--heap-growing-percent=50');
  // Its largest size is settled when the process starts; what can still be told is not to grow towards it.
  if (Number.parseInt(process.versions.v8, 10) >= V8_OF_LARGE_NEW_SPACE)
    setFlagsFromString('--semi-space-growth-factor=1');
}
