import { memoize } from '../language/memoize.js';
import { notCollected, type FactId, type ReadFact, type Reading, type Readings } from './reading.js';

// Hosts of which the same facts are asked have them in the same order. It is kept once for all of them, and of each host a plain
// list: a map of its own takes six times as much, and longer to fill.

/** Facts as they stand in readings: the same object for all hosts that have the same facts in the same order. */
export interface FactOrder {
  readonly ids: readonly FactId[];
  readonly places: ReadonlyMap<FactId, number>;
}

class OrderedReadings implements Readings {
  readonly order: FactOrder;
  readonly list: readonly Reading[];
  /** Private, so that readings that say the same are equal. */
  #read: ReadFact | undefined;

  constructor(order: FactOrder, list: readonly Reading[]) {
    this.order = order;
    this.list = list;
  }
  get read(): ReadFact {
    this.#read ??= (id) => this.get(id) ?? notCollected(id);
    return this.#read;
  }
  get size(): number {
    return this.list.length;
  }
  get(id: FactId): Reading | undefined {
    const place = this.order.places.get(id);
    return place === undefined ? undefined : this.list[place];
  }
  has(id: FactId): boolean {
    return this.order.places.has(id);
  }
  keys(): MapIterator<FactId> {
    return this.order.places.keys();
  }
  values(): MapIterator<Reading> {
    return this.list.values();
  }
  *entries(): MapIterator<[FactId, Reading]> {
    let place = 0;
    for (const reading of this.list) yield [this.order.ids[place++] ?? '', reading];
  }
  [Symbol.iterator](): MapIterator<[FactId, Reading]> {
    return this.entries();
  }
  forEach(callback: (reading: Reading, id: FactId, readings: Readings) => void): void {
    for (const [id, reading] of this) callback(reading, id, this);
  }
}

/** As many as there are kinds of machines of which other facts are asked, in the same fleet. */
const MOST_ORDERS = 16;
const orders: FactOrder[] = [];

function isOf({ ids }: FactOrder, readings: Readings): boolean {
  if (ids.length !== readings.size) return false;
  let at = 0;
  for (const id of readings.keys()) if (ids[at++] !== id) return false;
  return true;
}

/** @param ids each once */
export function factOrder(ids: readonly FactId[]): FactOrder {
  return { ids, places: new Map(ids.map((id, place) => [id, place])) };
}

/** The order in which these readings stand. */
export function orderOf(readings: Readings): FactOrder {
  if (readings instanceof OrderedReadings) return readings.order;
  for (const order of orders) if (isOf(order, readings)) return order;
  const order = factOrder([...readings.keys()]);
  if (orders.length >= MOST_ORDERS) orders.shift();
  orders.push(order);
  return order;
}

/** The readings without their facts, in their order; not to be changed. */
export function readingList(readings: Readings): readonly Reading[] {
  return readings instanceof OrderedReadings ? readings.list : [...readings.values()];
}

/**
 * What is read of these readings, `not-collected` where they do not hold it. Readings in an order (`orderedReadings`) have one function
 * for all who ask, by which whoever remembers something of a host knows it again; of a plain map it is another one each time.
 */
export function readerOf(readings: Readings): ReadFact {
  return readings instanceof OrderedReadings ? readings.read : (id) => readings.get(id) ?? notCollected(id);
}

/** @param list a reading of each fact of the order, which is the readings' from now on */
export function orderedReadings(order: FactOrder, list: readonly Reading[]): Readings {
  return new OrderedReadings(order, list);
}

/** Facts of one order and, behind them, of another, and where those of the other stand. */
interface Joined {
  readonly order: FactOrder;
  readonly places: readonly number[];
}

const joined = memoize((first: FactOrder) =>
  memoize((further: FactOrder): Joined => {
    const order = factOrder([...new Set([...first.ids, ...further.ids])]);
    return { order, places: further.ids.map((id) => order.places.get(id) ?? -1) };
  }),
);

/** The order of readings to which others are added. */
export function joinedOrder(first: FactOrder, further: FactOrder): FactOrder {
  return joined(first)(further).order;
}

/** The readings and further ones behind them; of a fact that both have, the further one in the place of the other. */
export function withFurther(readings: Readings, further: Readings): Readings {
  if (further.size === 0) return readings;
  const { order, places } = joined(orderOf(readings))(orderOf(further));
  const list = [...readingList(readings)];
  let at = 0;
  for (const reading of readingList(further)) list[places[at++] ?? list.length] = reading;
  return orderedReadings(order, list);
}
