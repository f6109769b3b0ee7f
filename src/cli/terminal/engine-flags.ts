import { setFlagsFromString } from 'node:v8';

/** Fleets below this are done before garbage is worth a thought. */
const MANY_HOSTS = 500;
/** As many are done before much is compiled, and what tells V8 of it has to be loaded. */
const MOST_TRIVIAL = 10;
/** As many are few: what is compiled for them is soon done with. */
const MOST_FEW = 2000;
/** UTF-16 units: an inventory that is longer names more than a handful of hosts, or many. Only a guess, since one pattern may name thousands. */
const SHORT_TEXT = 1024;
const TEXT_OF_MANY = 256 * 1024;
/** UTF-16 units of inventories: what is made of them is thirty times as large. */
const LONG_TEXT = 2 * 1024 * 1024;

const V8 = Number.parseInt(process.versions.v8, 10);

/**
 * From this V8 on (Node 24) the space of what is new may grow to 64 MiB: --scavenger-max-new-space-capacity-mb=32, "twice
 * the capacity" without pointer compression, as `node --v8-options` says.
 */
const V8_OF_LARGE_NEW_SPACE = 13;

/** From this V8 on (Node 22) calls are counted where bytes of code were counted. */
const V8_OF_CALLS = 12;

/** From this V8 on (Node 24) Maglev compiles first, which takes little. */
const V8_OF_MAGLEV = 13;

/**
 * Has the garbage collector run when the heap has grown by half. Left to itself it waits, on a machine with memory to spare, until
 * the heap is four times what is used: 10,000 hosts took 500 MB of which 60 were in use. Costs some percent of CPU.
 */
function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
  // Left to itself it begins to mark when half of the room that this leaves is still free, and so nearly twice as often. In Node 24 the
  // same words let the heap grow as if nothing had been said.
  if (V8 < V8_OF_LARGE_NEW_SPACE)
    setFlagsFromString('--incremental-marking-soft-trigger=90 --incremental-marking-hard-trigger=100');
  // The first hosts stay in memory, the many others soon go to the disk: what the first are made of would be put among what is old.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // Its largest size is settled when the process starts; what can still be told is not to grow towards it.
  if (V8 >= V8_OF_LARGE_NEW_SPACE) setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Has only that code compiled again, to run fast, which runs by far the most. The others of some six hundred functions take longer to
 * compile than they save: over 100 hosts a quarter of all that is computed. With many hosts it is another matter what saves most.
 */
function compileLate(): void {
  if (V8 < V8_OF_CALLS) setFlagsFromString('--interrupt-budget=528000 --ticks-before-optimization=3');
  else if (V8 < V8_OF_MAGLEV)
    setFlagsFromString('--invocation-count-for-turbofan=24000 --invocation-count-for-early-optimization=160');
}

/** What V8 has by itself, as `node --v8-options` says, but for what saves with many hosts. */
function compileForMany(): void {
  if (V8 < V8_OF_CALLS) setFlagsFromString('--interrupt-budget=67584 --ticks-before-optimization=20');
  else if (V8 < V8_OF_MAGLEV)
    setFlagsFromString('--invocation-count-for-turbofan=3000 --invocation-count-for-early-optimization=20');
}

/**
 * Tells V8 how much there is to do. First by how long the inventory is, and again, which holds, by how many hosts came of it; where
 * these are only a handful, what the length told stays.
 */
export function setEngineFlags({
  hosts = 0,
  characters = 0,
}: {
  readonly hosts?: number;
  readonly characters?: number;
}): void {
  if (hosts > MANY_HOSTS || characters > LONG_TEXT) keepHeapSmall();
  if (hosts > MOST_FEW || characters > TEXT_OF_MANY) compileForMany();
  else if (hosts > MOST_TRIVIAL || characters > SHORT_TEXT) compileLate();
}
