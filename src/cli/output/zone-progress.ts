import type { ZoneProgress } from '../../exchange/dispatch/run-dispatch.js';
import { clean } from '../../text/clean.js';
import { count } from '../../text/count.js';
import { canRewrite } from '../terminal/capabilities.js';

const thousands = (many: number): string => String(many).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',');

function time(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `zone eu-1: 2 workers, 3 of 10 shards, 600 of 2,000 hosts` */
export function zoneLine({ zone, workers, shards, doneShards, hosts, doneHosts }: ZoneProgress): string {
  return `zone ${clean(zone, 64)}: ${count(workers, 'worker')}, ${thousands(doneShards)} of ${count(shards, 'shard')}, ${thousands(doneHosts)} of ${thousands(hosts)} hosts`;
}

export interface ZoneDisplay {
  readonly tell: (zones: readonly ZoneProgress[]) => void;
  /** A sentence between the lines. */
  readonly warn: (sentence: string) => void;
  readonly stop: () => void;
}

/** A line a zone: rewritten on a terminal, and elsewhere said anew when it has changed. */
export function showZones(stream: NodeJS.WriteStream, quiet: boolean): ZoneDisplay {
  const startedAt = performance.now();
  const isTerminal = canRewrite(stream);
  const said = new Map<string, string>();
  let drawn = 0;
  const erase = (): void => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  return {
    tell: (zones) => {
      if (quiet) return;
      const took = time(performance.now() - startedAt);
      if (isTerminal) {
        erase();
        for (const zone of zones) stream.write(`${zoneLine(zone)}, ${took}\n`);
        drawn = zones.length;
        return;
      }
      for (const zone of zones) {
        const line = zoneLine(zone);
        if (said.get(zone.zone) === line) continue;
        said.set(zone.zone, line);
        stream.write(`kernward: ${line}, ${took}\n`);
      }
    },
    warn: (sentence) => {
      erase();
      stream.write(`kernward: ${sentence}\n`);
    },
    stop: () => {
      drawn = 0;
    },
  };
}
