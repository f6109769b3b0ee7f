import { spellingOf } from '../../text/names/spelling.js';
import { memoize } from '../../language/memoize.js';
import type { ConnectFailure, ConnectFailureCode } from '../../model/outcome.js';
import { failure, toFailure, failureOfAbort } from '../failure.js';
import { jumpHosts, formatTarget, type Target, type Route } from '../targets/target.js';
import { raceAbort } from './race-abort.js';

/** A connection to a jump host, which many hosts share. */
export interface JumpConnection {
  /** It carries nothing any more. */
  readonly isOver: () => boolean;
  readonly close: () => void;
}

export type Linked<L extends JumpConnection> =
  | { readonly ok: true; readonly link: L }
  | { readonly ok: false; readonly failure: ConnectFailure };

/** What became of one attempt to pass through a link. `full`: the jump host takes no more over this connection now. */
export type Passed<T> = { readonly passed: T } | { readonly full: string };

type Through<T> =
  | { readonly ok: true; readonly value: T; readonly release: () => void; readonly isLost: () => boolean }
  | { readonly ok: false; readonly failure: ConnectFailure };

export interface Gateways<L extends JumpConnection> {
  /**
   * Passes through the jump host: over a connection that is there, or over a new one. `release` gives the place back.
   */
  readonly through: <T>(
    over: Target,
    signal: AbortSignal,
    pass: (link: L) => Promise<Passed<T>>,
  ) => Promise<Through<T>>;
  /** How many hosts the jump host takes at the same time, as far as it has shown until now. At least 1. */
  readonly capacityOf: (over: Target) => number;
  readonly close: () => void;
}

export interface GatewayLimits {
  /** Hosts at once over one connection. */
  readonly each: number;
  /** Connections to one jump host. */
  readonly links: number;
  /** Attempts to connect to one jump host in a run, whatever comes of them. */
  readonly attempts: number;
  /** Attempts one after the other, where the failure may pass. */
  readonly inARow: number;
  /**
   * Before the second attempt; twice as long before each further one, and each between half and one and a half of that.
   */
  readonly waitMs: number;
}

export const GATEWAY_LIMITS: GatewayLimits = { each: 100, links: 4, attempts: 8, inARow: 3, waitMs: 400 };

/** A jump host that is full is asked again this often for one host, each time when a place has become free. */
const MOST_ROUNDS = 20;

/**
 * MaxStartups closes the connection before a word is said, a machine that boots refuses it: that passes. A wrong key
 * stays wrong.
 */
const MAY_PASS: ReadonlySet<ConnectFailureCode> = new Set([
  'refused',
  'disconnected',
  'network-unreachable',
  'connect-timed-out',
]);

interface Place<L> {
  readonly link: L;
  open: number;
  most: number;
}

interface Gateway<L> {
  readonly places: Place<L>[];
  readonly waiting: Set<() => void>;
  attempts: number;
  mostLinks: number;
  /** The fewest hosts at once that a connection has taken: what is expected of one that there is not yet. */
  mostEach: number;
  connecting: Promise<void> | undefined;
  /** Why nobody tries it any more. */
  dead: ConnectFailure | undefined;
}

function wayId(route: Route): unknown {
  return route.by === 'jump' ? gatewayId(route.over) : route;
}

/** Jump hosts are one where account, address, port, keys and the way to them are the same, however they are written. */
export function gatewayId(over: Target): string {
  const { user, address, port, knownAs, settings, route } = over;
  // The canonical name and the written one of one address are one name.
  const names = new Set(knownAs.names.map(spellingOf));
  return JSON.stringify([user, spellingOf(address), port, [...names], knownAs.port, settings, wayId(route)]);
}

/**
 * What every host behind a jump host is told that cannot be passed. A failure of a jump host before it names that one.
 */
export function jumpFailure(over: Target, why: ConnectFailure): ConnectFailure {
  return why.code === 'jump-host-failed'
    ? why
    : failure(
        'jump-host-failed',
        `the jump host ${over.name} (${formatTarget(over)}) cannot be passed: ${why.code}: ${why.detail}`,
      );
}

/**
 * Keeps the connections to jump hosts. Hosts behind one share its connections up to a limit each; a jump host that
 * fails is tried again a few times, with growing and random pauses, and then not any more in this run.
 *
 * @param connect makes a connection; the signal ends with the run
 */
export function createGateways<L extends JumpConnection>(
  connect: (over: Target, signal: AbortSignal) => Promise<Linked<L>>,
  {
    limits = GATEWAY_LIMITS,
    random = Math.random,
  }: { readonly limits?: GatewayLimits; readonly random?: () => number } = {},
): Gateways<L> {
  const gateways = new Map<string, Gateway<L>>();
  const idOf = memoize(gatewayId);
  const closing = new AbortController();

  const gatewayOf = (over: Target): Gateway<L> => {
    const id = idOf(over);
    const known = gateways.get(id) ?? {
      places: [],
      waiting: new Set(),
      attempts: 0,
      mostLinks: limits.links,
      mostEach: limits.each,
      connecting: undefined,
      dead: undefined,
    };
    gateways.set(id, known);
    return known;
  };

  /** A connection that was lost may have left something behind, too: its log. */
  const dropLost = ({ places }: Gateway<L>): void => {
    for (const { link } of places) if (link.isOver()) link.close();
    places.splice(0, places.length, ...places.filter(({ link }) => !link.isOver()));
  };

  const wake = (gateway: Gateway<L>): void => {
    for (const go of gateway.waiting) go();
    gateway.waiting.clear();
  };

  const pause = (attempt: number): Promise<unknown> =>
    raceAbort(
      new Promise((resolve) => {
        setTimeout(resolve, limits.waitMs * 2 ** (attempt - 1) * (0.5 + random()));
      }),
      closing.signal,
    );

  /** One connection more, or the reason why there is none. */
  const attempt = async (over: Target, gateway: Gateway<L>): Promise<ConnectFailure | undefined> => {
    for (let row = 1; ; row++) {
      gateway.attempts += 1;
      let linked: Linked<L>;
      try {
        linked = await connect(over, closing.signal);
      } catch (thrown) {
        linked = { ok: false, failure: toFailure(thrown, 'internal', formatTarget(over)) };
      }
      if (linked.ok) {
        gateway.places.push({ link: linked.link, open: 0, most: limits.each });
        return undefined;
      }
      const isWorthIt = MAY_PASS.has(linked.failure.code) && row < limits.inARow && gateway.attempts < limits.attempts;
      if (!isWorthIt || closing.signal.aborted) return linked.failure;
      await pause(row);
    }
  };

  const addLink = async (over: Target, gateway: Gateway<L>): Promise<void> => {
    const isSpent = gateway.attempts >= limits.attempts;
    const why = isSpent
      ? failure(
          'disconnected',
          `its connections were lost again and again; it was connected to ${gateway.attempts} times in this run, and is not any more`,
        )
      : await attempt(over, gateway);
    const alive = gateway.places.filter(({ link }) => !link.isOver()).length;
    // Where it takes no further connection, those that are there carry on.
    if (why !== undefined && alive > 0) gateway.mostLinks = alive;
    else if (why !== undefined) gateway.dead = jumpFailure(over, why);
  };

  const connectOnce = (over: Target, gateway: Gateway<L>): Promise<void> =>
    (gateway.connecting ??= addLink(over, gateway).finally(() => {
      gateway.connecting = undefined;
      wake(gateway);
    }));

  const placeFree = (gateway: Gateway<L>): Promise<void> =>
    new Promise((resolve) => {
      gateway.waiting.add(resolve);
    });

  /** A place on a link, which counts as taken; undefined where the signal aborted first. */
  const take = async (
    over: Target,
    gateway: Gateway<L>,
    signal: AbortSignal,
  ): Promise<Place<L> | ConnectFailure | undefined> => {
    for (;;) {
      if (signal.aborted) return undefined;
      dropLost(gateway);
      const free = gateway.places.find(({ open, most }) => open < most);
      if (free !== undefined) {
        free.open += 1;
        return free;
      }
      if (gateway.dead !== undefined) return gateway.dead;
      const mayGrow = gateway.connecting !== undefined || gateway.places.length < gateway.mostLinks;
      await raceAbort(mayGrow ? connectOnce(over, gateway) : placeFree(gateway), signal);
    }
  };

  return {
    through: async (over, signal, pass) => {
      const gateway = gatewayOf(over);
      let last = '';
      for (let round = 1; round <= MOST_ROUNDS; round++) {
        const place = await take(over, gateway, signal);
        if (place === undefined)
          return { ok: false, failure: failureOfAbort(signal, `while waiting for the jump host ${over.name}`) };
        if ('code' in place) return { ok: false, failure: place };
        let isReleased = false;
        const release = (): void => {
          if (isReleased) return;
          isReleased = true;
          place.open -= 1;
          wake(gateway);
        };
        const result = await pass(place.link);
        if ('passed' in result) return { ok: true, value: result.passed, release, isLost: place.link.isOver };
        last = result.full;
        release();
        if (signal.aborted)
          return { ok: false, failure: failureOfAbort(signal, `while the jump host ${over.name} was asked`) };
        if (place.link.isOver()) continue;
        // What it does not take while nobody else is on it, it will not take later either.
        if (place.open === 0) break;
        place.most = Math.max(1, Math.min(place.most, place.open));
        gateway.mostEach = Math.min(gateway.mostEach, place.most);
      }
      return { ok: false, failure: jumpFailure(over, failure('disconnected', last)) };
    },
    capacityOf: (over) => {
      const gateway = gateways.get(idOf(over));
      if (gateway === undefined) return limits.links * limits.each;
      // Nobody waits for a place on it any more: each is told why, at once.
      if (gateway.dead !== undefined) return Number.POSITIVE_INFINITY;
      const alive = gateway.places.filter(({ link }) => !link.isOver());
      const there = alive.reduce((sum, { most }) => sum + most, 0);
      return Math.max(1, there + Math.max(0, gateway.mostLinks - alive.length) * gateway.mostEach);
    },
    close: () => {
      closing.abort(new Error('the run is over'));
      for (const gateway of gateways.values()) {
        for (const { link } of gateway.places) link.close();
        gateway.places.length = 0;
        wake(gateway);
      }
    },
  };
}

/** How the way is named in reports. */
export function getJumpHostNames(target: Target): { readonly via?: readonly string[] } {
  const over = jumpHosts(target).map(formatTarget);
  return over.length === 0 ? {} : { via: over };
}
