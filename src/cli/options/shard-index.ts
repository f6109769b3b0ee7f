import { clean } from '../../text/clean.js';
import { usage } from '../terminal/exit.js';

interface Indexed {
  readonly variable: string;
  /** What the first of several processes is told. */
  readonly first: 0 | 1;
  /** How its users count from there, where they choose. */
  readonly hint?: string;
}

/** What tells one of several equal processes which of them it is. */
export const SHARD_INDEXES: readonly Indexed[] = [
  // https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
  { variable: 'JOB_COMPLETION_INDEX', first: 0 },
  // https://slurm.schedmd.com/job_array.html: as --array says
  { variable: 'SLURM_ARRAY_TASK_ID', first: 1, hint: '--array=1-N' },
  // https://docs.gitlab.com/ci/variables/predefined_variables/
  { variable: 'CI_NODE_INDEX', first: 1 },
  // https://developer.hashicorp.com/nomad/docs/reference/runtime-environment-settings
  { variable: 'NOMAD_ALLOC_INDEX', first: 0 },
  // https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
  { variable: 'AWS_BATCH_JOB_ARRAY_INDEX', first: 0 },
];

/**
 * The shard that the engine which runs this process means, counted from 1; undefined: it says nothing.
 *
 * @throws Stop where what it says is no index, or two of them say so
 */
export function shardOfJob(env: NodeJS.ProcessEnv): number | undefined {
  const said = SHARD_INDEXES.filter(({ variable }) => (env[variable] ?? '') !== '');
  const [only, other] = said;
  if (only === undefined) return undefined;
  if (other !== undefined) usage(`${only.variable} and ${other.variable} are both set: say which shard with --shard K`);
  const { variable, first, hint } = only;
  const text = env[variable] ?? '';
  if (!/^\d{1,7}$/.test(text) || Number(text) < first)
    usage(
      `${variable} is ${JSON.stringify(clean(text, 40))}, and counts from ${first}${hint === undefined ? '' : ` (${hint})`}: say which shard with --shard K`,
    );
  return Number(text) - first + 1;
}
