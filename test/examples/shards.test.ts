/**
 * The examples for several machines, run as they are written: their shell is taken out of the file, an index is a process.
 * Whatever of a fleet does not come must be in the report.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import hcl from 'hcl2-parser';
import { parseDocument } from 'yaml';
import { SHARD_INDEXES } from '../../src/cli/options/shard-index.js';
import { haveTool } from '../support/debian-tool.js';
import { ENDS, inScratch, type End, type Ran, type Scratch, type Started } from '../support/example-scratch.js';

function example(name: string): string {
  return readFileSync(join(process.cwd(), 'examples', name), 'utf8');
}

function parsed(name: string) {
  const document = parseDocument(example(name));
  assert.deepEqual([...document.errors, ...document.warnings], [], name);
  return document.toJS();
}

/** A host a shard: the hosts of the examples are one or two. */
const small = (script: string): string => script.replaceAll('--shard-hosts 1000', '--shard-hosts 1');

function planned({ read }: Scratch): readonly number[] {
  const { shards }: { readonly shards: readonly { readonly shard: number }[] } = JSON.parse(read('plan/plan.json'));
  return shards.map(({ shard }) => shard);
}

function is(ran: Ran, status: number): void {
  return assert.equal(ran.status, status, ran.stdout + ran.stderr);
}

interface Way {
  readonly plan: string;
  readonly collect: string;
  readonly variable: string;
  readonly eval: (scratch: Scratch) => Ran;
}

/** Plans, asks every shard but the last if there is to be a hole, and judges. */
function runs(scratch: Scratch, way: Way, end: End, leaveOut: boolean): void {
  is(scratch.sh(small(way.plan), { GITHUB_OUTPUT: 'outputs' }), 0);
  const shards = planned(scratch);
  assert.equal(shards.length, ENDS[end].hosts.length);
  const first = SHARD_INDEXES.find(({ variable }) => variable === way.variable)?.first ?? 1;
  for (const shard of leaveOut ? shards.slice(0, -1) : shards)
    is(scratch.sh(way.collect, { [way.variable]: String(shard - 1 + first) }), 0);
  is(way.eval(scratch), leaveOut ? 3 : ENDS[end].exit);
}

/** @param started of a run that fails; the same commands of kernward stand in all examples, and are processes of their own in one */
function asksShards(name: string, way: (scratch: Scratch) => Way, started: Started = 'warm'): void {
  // How a run ends is eval's, and tried elsewhere: what a way to run it may lose is a finding, and a host without an answer.
  test(`${name}: a run that fails`, () => inScratch('fails', (it) => runs(it, way(it), 'fails', false), started));
  // The same commands once more, for what they say of other hosts.
  test(`${name}: a run that is incomplete`, () =>
    inScratch('is incomplete', (it) => runs(it, way(it), 'is incomplete', false), 'warm'));
  test(`${name}: a shard that nobody collects`, () =>
    inScratch('fails', (it) => runs(it, way(it), 'fails', true), 'warm'));
}

interface Job {
  readonly kind: string;
  readonly spec: {
    readonly completionMode?: string;
    readonly backoffLimitPerIndex?: number;
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly args?: readonly string[];
          readonly volumeMounts: readonly { readonly name: string }[];
        }[];
        readonly volumes: readonly { readonly name: string }[];
      };
    };
  };
}

asksShards('kubernetes-indexed-job.yaml', (scratch) => {
  const { items }: { readonly items: readonly Job[] } = parsed('kubernetes-indexed-job.yaml');
  const [collect, judge] = items;
  const here = (text: string): string => text.replaceAll(/\/(etc|var\/lib)\/kernward(-key)?(?=\/)/g, scratch.folder);
  assert.deepEqual([collect?.kind, collect?.spec.completionMode, judge?.kind], ['Job', 'Indexed', 'Job']);
  assert.equal(collect?.spec.backoffLimitPerIndex, 1);
  for (const job of [collect, judge]) {
    const { containers, volumes, restartPolicy } = job?.spec.template.spec ?? assert.fail();
    assert.equal(restartPolicy, 'Never');
    assert.deepEqual(
      containers[0]?.volumeMounts.map(({ name }) => name),
      volumes.map(({ name }) => name),
    );
  }
  const [asking] = collect?.spec.template.spec.containers ?? [];
  const [judging] = judge?.spec.template.spec.containers ?? [];
  const comment = /kernward plan .*/.exec(example('kubernetes-indexed-job.yaml'))?.[0] ?? '';
  assert.deepEqual(asking?.command.slice(0, 2), ['/bin/sh', '-c']);
  return {
    plan: `${comment}\nmkdir results`,
    collect: here(asking?.command[2] ?? ''),
    variable: 'JOB_COMPLETION_INDEX',
    eval: ({ run }) => run([...(judging?.command ?? []), ...(judging?.args ?? [])].map(here)),
  };
});

interface GitHub {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly run?: string }[]; readonly if?: string }>
  >;
}

asksShards('github-matrix.yml', () => {
  const { jobs }: GitHub = parsed('github-matrix.yml');
  const of = (job: string): string => (jobs[job]?.steps ?? []).flatMap(({ run }) => run ?? []).join('\n');
  assert.match(jobs['eval']?.if ?? '', /!cancelled\(\)/);
  return {
    // jq is on the runners; here the plan is looked at by the test.
    plan: of('plan').replace(/\$\(jq[^)]*\)/, ''),
    collect: of('collect'),
    variable: 'SHARD',
    eval: ({ sh }) => sh(of('eval')),
  };
});

asksShards('gitlab-parallel.yml', () => {
  const jobs: Readonly<Record<string, { readonly script: readonly string[] }>> = parsed('gitlab-parallel.yml');
  const of = (job: string): string => (jobs[job]?.script ?? []).join('\n');
  return { plan: of('plan'), collect: of('collect'), variable: 'CI_NODE_INDEX', eval: ({ sh }) => sh(of('eval')) };
});

asksShards(
  'slurm-array.sh',
  () => {
    const text = example('slurm-array.sh');
    const [plan = ''] = /kernward plan .*$/m.exec(text) ?? [];
    const [, judge = ''] = /--wrap '(.*)'$/m.exec(text) ?? [];
    return {
      plan,
      collect: text,
      variable: 'SLURM_ARRAY_TASK_ID',
      eval: ({ sh }) => sh(`${judge} --waivers waivers.yaml`),
    };
  },
  'anew',
);

interface NomadTask {
  readonly driver: string;
  readonly config: readonly [{ readonly command: string; readonly args: readonly string[] }];
}
interface NomadFile {
  readonly job: Readonly<
    Record<
      string,
      readonly [{ readonly type: string; readonly group: Readonly<Record<string, readonly [NomadGroup]>> }]
    >
  >;
}
interface NomadGroup {
  readonly count: string;
  readonly task: Readonly<Record<string, readonly [NomadTask]>>;
}

asksShards('nomad.hcl', (scratch) => {
  const text = example('nomad.hcl');
  const [read, faults]: readonly [NomadFile, unknown] = hcl.parseToObject(text);
  assert.equal(faults, null);
  const [job] = read.job['kernward-collect'] ?? assert.fail();
  const [group] = job.group['shard'] ?? assert.fail();
  const [task] = group.task['collect'] ?? assert.fail();
  assert.deepEqual([job.type, group.count], ['batch', '${var.shards}']);
  const [{ command, args }] = task.config;
  assert.deepEqual([command, args[0]], ['/bin/sh', '-c']);
  const [plan = '', judge = ''] = [...text.matchAll(/^# {3}(kernward .*)$/gm)].map(([, line]) => line);
  return {
    plan,
    collect: (args[1] ?? '').replace('/srv/kernward', scratch.folder),
    variable: 'NOMAD_ALLOC_INDEX',
    eval: ({ sh }) => sh(judge),
  };
});

const VANTAGES = (folder: string): string => `all:
  vars: { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 }
  children:
    vantage:
      vars: { kernward_options: [-i, ${folder}/own.yaml] }
      hosts:
        alive: { zone: eu }
        dead: { zone: us, ansible_connection: ssh, ansible_host: 127.0.0.1, ansible_port: 1 }
`;

test('awx.yml: a machine a zone, and one that cannot be reached leaves a hole', () => {
  if (!haveTool(['/usr/bin/ansible-playbook', '--version'], 'ansible-core')) return;
  inScratch('fails', (scratch) => {
    const { folder, read, write } = scratch;
    write(
      'inventory.yaml',
      `hosts:
  - { name: good, labels: { zone: eu } }
  - { name: bad, labels: { zone: us } }
`,
    );
    write('own.yaml', `hosts: [{ name: good, transport: recorded, recording: ${folder}/debian-12.probe }]\n`);
    write('vantage.yaml', VANTAGES(folder));
    write('awx.yml', example('awx.yml'));
    const ran = scratch.run(['/usr/bin/ansible-playbook', '-i', 'vantage.yaml', 'awx.yml'], {
      ANSIBLE_LOCALHOST_WARNING: 'False',
      ANSIBLE_LOCAL_TEMP: join(folder, 'tmp'),
      ANSIBLE_REMOTE_TEMP: join(folder, 'tmp'),
    });
    is(ran, 2);
    assert.match(ran.stdout, /"rc": 3/);
    assert.match(ran.stdout, /shard-missing/);
    assert.match(read('fleet.html'), /shard-missing/);
    assert.match(read('results/1.jsonl'), /"good"/);
  });
});

test('zones-by-ssh.sh: a machine a zone, and one that cannot be reached leaves a hole', () =>
  inScratch('fails', (scratch) => {
    scratch.write(
      'inventory.yaml',
      `hosts:
  - { name: good, labels: { zone: eu } }
  - { name: bad, labels: { zone: us } }
`,
    );
    // What the machine has: kernward, and its own way to its hosts.
    const own = scratch.folder;
    scratch.write(
      'own.yaml',
      `hosts:
  - { name: good, transport: recorded, recording: ${own}/debian-12.probe }
  - { name: bad, transport: recorded, recording: ${own}/debian-12.probe }
`,
    );
    scratch.command(
      'ssh',
      `shift 2
[ "$1" = dead ] && { cat >/dev/null; echo "ssh: no route to host" >&2; exit 255; }
exec /bin/sh -c "$(printf '%s' "$2" | sed 's#--plan plan#--plan plan -i ${own}/own.yaml#')"`,
    );
    const script = join(process.cwd(), 'examples', 'zones-by-ssh.sh');
    is(scratch.run(['/bin/sh', script, 'eu', 'us']), 0);
    const { status, stdout } = scratch.run(['/bin/sh', script, 'eu', 'dead']);
    assert.equal(status, 3, stdout);
    assert.match(stdout, /shard-missing/);
  }));
