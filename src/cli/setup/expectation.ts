import { createDiagnosticSink, toLoaded, type Loaded } from '../../model/diagnostic.js';
import { hostsOfShard } from '../../plan/hosts-of-shard.js';
import { defined } from '../../language/defined.js';
import { toExpected } from '../../run/collected/collected-frame.js';
import type { Expectation } from '../../run/collected/merge-collected.js';
import { readPlanFolder, readShard } from '../input/plan-folder.js';
import type { PlanFolderOptions } from '../options/shard.js';

/** Who was to answer by a plan on disk; undefined without one. */
export function readExpectation({ plan: folder, planKey }: PlanFolderOptions): Loaded<Expectation | undefined> {
  if (folder === undefined) return { value: undefined, diagnostics: [] };
  const diagnostics = createDiagnosticSink();
  const found = diagnostics.take(readPlanFolder(folder, defined({ planKey })));
  const hosts = (found?.plan.shards ?? []).flatMap((summary) => {
    const shard = found && diagnostics.take(readShard(found, summary));
    if (shard === undefined) return [];
    return hostsOfShard(shard, found?.file ?? '').map((host, index) => ({
      shard: summary.shard,
      host: toExpected(host, shard.hosts[index]?.place ?? 0),
    }));
  });
  return toLoaded(
    found && { file: found.file, digest: found.digest, shards: found.plan.shards.length, hosts },
    diagnostics.all(),
  );
}
