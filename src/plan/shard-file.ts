/** The name of a shard's file in the folder of its plan. */
export function shardFile(shard: number): string {
  return `shards/${String(shard).padStart(4, '0')}.json`;
}
