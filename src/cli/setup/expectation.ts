import { createDiagnosticSink, toLoaded, type Loaded } from '../../model/diagnostic.js';
import type { PlannedHost } from '../../plan/plan-schema.js';
import { defined } from '../../language/defined.js';
import type { ExpectedHost } from '../../run/collected-schema.js';
import type { Expectation } from '../../run/collected/merge-collected.js';
import { readPlanFolder, readShard } from '../input/plan-folder.js';
import type { PlanFolderOptions } from '../options/shard.js';

const SSH_PORT = 22;

function toExpectedHost({ place, name, address, port = SSH_PORT, profile, groups, labels }: PlannedHost): ExpectedHost {
  return { place, name, address, port, ...defined({ profile }), groups, labels, transport: 'auto' };
}

/** Who was to answer by a plan on disk; undefined without one. */
export function readExpectation({ plan: folder, planKey }: PlanFolderOptions): Loaded<Expectation | undefined> {
  if (folder === undefined) return { value: undefined, diagnostics: [] };
  const diagnostics = createDiagnosticSink();
  const found = diagnostics.take(readPlanFolder(folder, defined({ planKey })));
  const hosts = (found?.plan.shards ?? []).flatMap((summary) => {
    const shard = found && diagnostics.take(readShard(found, summary));
    return (shard?.hosts ?? []).map((host) => ({ shard: summary.shard, host: toExpectedHost(host) }));
  });
  return toLoaded(
    found && { file: found.file, digest: found.digest, shards: found.plan.shards.length, hosts },
    diagnostics.all(),
  );
}
