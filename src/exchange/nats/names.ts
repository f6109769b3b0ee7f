import type { ShardOfZone } from '../exchange.js';

/** A zone is a token of subjects and a part of names of streams: no dot, space, star or slash. */
const ZONE = /^[A-Za-z0-9_-]{1,64}$/;

export function isZoneName(zone: string): boolean {
  return ZONE.test(zone);
}

/** The one consumer of a zone's queue, that all its workers share. */
export const CONSUMER = 'worker';

export function workStream(zone: string): string {
  return `KW_WORK_${zone}`;
}

export function resultStream(zone: string): string {
  return `KW_RESULT_${zone}`;
}

export function workSubject({ zone, runId, shard }: ShardOfZone): string {
  return `kw.work.${zone}.${runId}.${shard}`;
}

export function doneSubject({ zone, runId, shard }: ShardOfZone): string {
  return `kw.done.${zone}.${runId}.${shard}`;
}

export function partSubject({ zone, runId, shard }: ShardOfZone, attempt: string, part: number): string {
  return `kw.part.${zone}.${runId}.${shard}.${attempt}.${part}`;
}

/** What goes through no stream: who is not there does not hear it. */
export function cancelSubject(zone: string): string {
  return `kw.cancel.${zone}`;
}

/** Where the dispatcher of a run says that it is there. No worker may say so. */
export function claimSubject(runId: string): string {
  return `kw.hub.${runId}`;
}

/** Answers come here, and nobody but this zone may listen. */
export function inboxPrefix(zone: string): string {
  return `_INBOX_kw_${zone}`;
}

/** The run and the shard that a subject names; undefined: it names none. */
export function shardOfSubject(subject: string): Pick<ShardOfZone, 'runId' | 'shard'> | undefined {
  const [, runId = '', shard] =
    /^kw\.(?:work|done)\.[A-Za-z0-9_-]+\.([0-9a-f]{16})\.([1-9]\d{0,6})$/.exec(subject) ?? [];
  return shard === undefined ? undefined : { runId, shard: Number(shard) };
}
