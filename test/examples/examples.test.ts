/**
 * The files of examples/, run as they are written: what is shell in them is taken out of the file and run against recorded
 * hosts, for every way in which a run can end. What a pipeline picks up afterwards must be what kernward wrote.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import { haveTool } from '../support/debian-tool.js';
import { ALL_ENDS, ENDS, inScratch } from '../support/example-scratch.js';
import type { End, Ran, Scratch } from '../support/example-scratch.js';

function example(name: string): string {
  return readFileSync(join(process.cwd(), 'examples', name), 'utf8');
}

function parsed(name: string) {
  const document = parseDocument(example(name), { prettyErrors: true });
  assert.deepEqual([...document.errors, ...document.warnings], [], name);
  return document.toJS();
}

function forEveryEnd(name: string, body: (end: End, scratch: Scratch) => void): void {
  // Once as a user's pipeline starts it; the other ends are the same commands with other hosts.
  for (const end of ALL_ENDS)
    test(`${name}: a run that ${end}`, () =>
      inScratch(end, (scratch) => body(end, scratch), end === 'fails' ? 'anew' : 'warm'));
}

function exits(ran: Ran, status: number): void {
  return assert.equal(ran.status, status, ran.stdout + ran.stderr);
}

/** Exit 2 contacts nobody and writes nothing; every other end leaves every report. */
function leaves(scratch: Scratch, end: End, files: readonly string[]): void {
  assert.deepEqual(files.filter(scratch.has), ENDS[end].exit === 2 ? [] : files);
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: { readonly scan: { readonly steps: readonly Step[] } };
}
const { on, permissions, jobs }: Workflow = parsed('github-actions.yml');
const { steps } = jobs.scan;
const uploads = steps.filter(({ uses }) => /upload/.test(uses ?? ''));

test('github-actions.yml: a step is a command or an action of a version, and may do what it does', () => {
  assert.deepEqual(Object.keys(on), ['schedule', 'workflow_dispatch', 'push']);
  assert.deepEqual(permissions, { contents: 'read', 'security-events': 'write' });
  for (const { uses, run } of steps)
    assert.match(uses ?? 'a/b@v1', run === undefined ? /^[\w-]+(\/[\w-]+)+@v\d+$/ : /^a\/b@v1$/);
  assert.equal(uploads.length, 2);
  for (const step of uploads) assert.match(step.if ?? '', /!cancelled\(\)/);
});

forEveryEnd('github-actions.yml', (end, scratch) => {
  const summary = join(scratch.folder, 'step-summary');
  scratch.write('step-summary', 'of a step before\n');
  const ran = scratch.sh(steps.flatMap(({ run }) => run ?? []).join('\n'), { GITHUB_STEP_SUMMARY: summary });
  exits(ran, ENDS[end].exit);
  const [sarif = '', path = ''] = ['sarif_file', 'path'].map(
    (key) => uploads.find((step) => step.with?.[key] !== undefined)?.with?.[key],
  );
  leaves(scratch, end, [sarif, ...path.trim().split('\n')]);
  if (ENDS[end].exit === 2) return assert.equal(scratch.read('step-summary'), 'of a step before\n');
  assert.match(scratch.read('step-summary'), new RegExp(`^of a step before\n[^]*exit ${ENDS[end].exit}`));
  assert.match(ran.stdout, /^kernward: since the baseline: /m);
  const { version }: { readonly version: string } = JSON.parse(scratch.read(sarif));
  assert.equal(version, '2.1.0');
});

interface Pipeline {
  readonly kernward: {
    readonly script: readonly string[];
    readonly allow_failure?: unknown;
    readonly artifacts: {
      readonly when: string;
      readonly paths: readonly string[];
      readonly reports: { readonly junit: string };
    };
  };
}
const { kernward: gitlab }: Pipeline = parsed('gitlab-ci.yml');

forEveryEnd('gitlab-ci.yml', (end, scratch) => {
  exits(scratch.sh(gitlab.script.join('\n')), ENDS[end].exit);
  assert.equal(gitlab.allow_failure, undefined);
  assert.equal(gitlab.artifacts.when, 'always');
  leaves(scratch, end, [gitlab.artifacts.reports.junit, ...gitlab.artifacts.paths]);
});

const jenkins = example('Jenkinsfile');
/** Between ''' Groovy interpolates nothing, and a backslash at the end of a line joins it to the next. */
const jenkinsShell = [...jenkins.matchAll(/^\s*sh '''\n([^]*?)'''$/gm)].map(([, text = '']) =>
  text.replaceAll('\\\n', ''),
);
const jenkinsFiles = [...jenkins.matchAll(/(?:testResults|artifacts): '([^']+)'/g)].flatMap(([, files = '']) =>
  files.split(','),
);

forEveryEnd('Jenkinsfile', (end, scratch) => {
  assert.equal(jenkinsShell.length, 1);
  assert.equal(jenkinsFiles.length, 3);
  assert.doesNotMatch(jenkinsShell.join(''), /\\/);
  assert.equal(jenkins.split('{').length, jenkins.split('}').length);
  for (const file of jenkinsFiles) scratch.write(file, 'of the build before');
  exits(scratch.sh(jenkinsShell.join('\n')), ENDS[end].exit);
  leaves(scratch, end, jenkinsFiles);
  for (const file of jenkinsFiles.filter(scratch.has)) assert.doesNotMatch(scratch.read(file), /of the build before/);
});

const GATE = {
  complies: { exit: 0, decision: /^decision: promote$/m },
  fails: { exit: 1, decision: /^decision: stop: / },
  'has no waivers': { exit: 70, decision: /^decision: broken: the inventory/ },
  'is incomplete': { exit: 75, decision: /^decision: hold: / },
} as const satisfies Record<End, { readonly exit: number; readonly decision: RegExp }>;

function decided(ran: Ran, { exit, decision }: { readonly exit: number; readonly decision: RegExp }): void {
  exits(ran, exit);
  assert.match(ran.stdout.trimEnd().split('\n').at(-1) ?? '', decision);
}
function gate(...args: readonly string[]): readonly string[] {
  return ['/bin/sh', '-e', join(process.cwd(), 'examples', 'gate.sh'), ...args];
}

forEveryEnd('gate.sh', (end, scratch) => decided(scratch.run(gate()), GATE[end]));

test('gate.sh: only the hosts that are touched', () =>
  inScratch('fails', (scratch) => {
    decided(scratch.run(gate('good')), GATE.complies);
    decided(scratch.run(gate('lab:&bad')), GATE.fails);
    decided(scratch.run(gate('nobody')), GATE['has no waivers']);
  }));

function broken(code: number) {
  return { exit: 70, decision: new RegExp(`^decision: broken: kernward exited ${code}$`) };
}
test('gate.sh: what it does not know is broken, and nothing is promoted', () =>
  inScratch('complies', (scratch) => {
    scratch.run(['ln', '-s', '/dev/full', 'gate.json']);
    decided(scratch.run(gate()), broken(4));
    // A shell and nothing else: kernward may be installed on this machine.
    scratch.run(['mkdir', 'shell']);
    scratch.run(['ln', '-s', '/bin/sh', 'shell/sh']);
    decided(scratch.run(gate(), { PATH: join(scratch.folder, 'shell') }), broken(127));
  }));

/** The values of a setting; of a command line as systemd reads it: quotes group words, $$ is a dollar. */
function settings(text: string, key: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^${key}=-?(.*)$`, 'gm'))].map(([, value = '']) => value);
}
function commandLine(text: string, specifiers: Readonly<Record<string, string>> = {}): string[] {
  return [...text.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) =>
    (quoted ?? bare ?? '').replaceAll('$$', '$').replace(/%./g, (found) => specifiers[found] ?? found),
  );
}

forEveryEnd('kernward.service', (end, scratch) => {
  const service = example('kernward.service');
  const here = (text: string): string =>
    text
      .replaceAll('/usr/bin/kernward', join(scratch.folder, 'bin', 'kernward'))
      .replaceAll(/\/(etc|var\/lib)\/kernward/g, scratch.folder);
  const env = Object.fromEntries(
    settings(service, 'Environment')
      .map((line) => here(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const [scan, prune] = [...settings(service, 'ExecStart'), ...settings(service, 'ExecStopPost')].map((line) =>
    commandLine(here(line)),
  );
  exits(scratch.run(scan ?? [], env), ENDS[end].exit);
  leaves(
    scratch,
    end,
    [...service.matchAll(/-o [\w-]+:\/var\/lib\/kernward\/(\S+)/g)].map(([, file = '']) => file).concat('history.db'),
  );
  if (ENDS[end].exit !== 2) exits(scratch.run(prune ?? [], env), 0);
});

test('kernward-failure@.service: mails what the unit wrote, with its exit status', () =>
  inScratch('fails', (scratch) => {
    scratch.command('journalctl', 'echo "journal: $*"');
    scratch.command('mail', 'for word; do echo "[$word]"; done; cat');
    const [command = ''] = settings(example('kernward-failure@.service'), 'ExecStart');
    const words = commandLine(command, { '%i': 'kernward.service', '%H': 'audit1' });
    const ran = scratch.run(words, { MONITOR_EXIT_STATUS: '3' });
    assert.equal(
      ran.stdout,
      '[-s]\n[kernward.service on audit1: exit 3]\n[root]\njournal: --unit=kernward.service --lines=200 --no-pager --output=cat\n',
    );
    assert.match(scratch.run(words).stdout, /exit unknown/);
  }));

test('the units are what systemd takes, and name each other', () => {
  if (!haveTool(['/usr/bin/systemd-analyze', '--version'], 'systemd')) return;
  inScratch('complies', (scratch) => {
    const names = ['kernward.service', 'kernward.timer', 'kernward-failure@.service'];
    for (const name of names)
      scratch.write(name, example(name).replaceAll('/usr/bin/kernward', join(scratch.folder, 'bin', 'kernward')));
    const verified = scratch.run([
      'systemd-analyze',
      'verify',
      '--man=no',
      '--recursive-errors=no',
      ...names.map((name) => join(scratch.folder, name)),
    ]);
    assert.deepEqual(verified, { status: 0, stdout: '', stderr: '' });
    assert.deepEqual(settings(example('kernward.service'), 'OnFailure'), ['kernward-failure@%n.service']);
    const security = [
      'systemd-analyze',
      'security',
      '--offline=true',
      '--no-pager',
      join(scratch.folder, names[0] ?? ''),
    ];
    const exposure = /exposure level for kernward\.service: (\S+)/.exec(scratch.run(security).stdout)?.[1];
    assert.ok(Number(exposure) <= 2, `the service is exposed by ${exposure}`);
    const [calendar = ''] = settings(example('kernward.timer'), 'OnCalendar');
    exits(scratch.run(['systemd-analyze', 'calendar', calendar]), 0);
  });
});

interface Volume {
  readonly name: string;
  readonly mountPath?: string;
}
interface CronJob {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly schedule: string;
    readonly jobTemplate: {
      readonly spec: {
        readonly podFailurePolicy: {
          readonly rules: readonly {
            readonly action: string;
            readonly onExitCodes: { readonly containerName: string; readonly values: readonly number[] };
          }[];
        };
        readonly template: {
          readonly spec: {
            readonly restartPolicy: string;
            readonly containers: readonly {
              readonly name: string;
              readonly command: readonly string[];
              readonly args: readonly string[];
              readonly volumeMounts: readonly Volume[];
            }[];
            readonly volumes: readonly Volume[];
          };
        };
      };
    };
  };
}
const cronJob: CronJob = parsed('kubernetes-cronjob.yaml');
const job = cronJob.spec.jobTemplate.spec;
const [container] = job.template.spec.containers;

test('kubernetes-cronjob.yaml: what is mounted is there, what is named is mounted, and only exit 3 is tried again', () => {
  assert.deepEqual(
    [cronJob.apiVersion, cronJob.kind, job.template.spec.restartPolicy],
    ['batch/v1', 'CronJob', 'Never'],
  );
  assert.match(cronJob.spec.schedule, /^(\S+ ){4}\S+$/);
  const mounts = container?.volumeMounts ?? [];
  assert.deepEqual(
    mounts.map(({ name }) => name),
    job.template.spec.volumes.map(({ name }) => name),
  );
  const paths = (container?.args ?? []).flatMap((arg) => /\/.*/.exec(arg) ?? []);
  assert.deepEqual(
    paths.filter((path) => !mounts.some(({ mountPath = '' }) => path.startsWith(`${mountPath}/`))),
    [],
  );
  assert.deepEqual(job.podFailurePolicy.rules, [
    { action: 'FailJob', onExitCodes: { containerName: container?.name, operator: 'In', values: [1, 2, 4] } },
  ]);
});

forEveryEnd('kubernetes-cronjob.yaml', (end, scratch) => {
  const here = (text: string): string => text.replaceAll(/\/(etc|var\/lib)\/kernward(-key)?(?=\/)/g, scratch.folder);
  exits(scratch.run([...(container?.command ?? []), ...(container?.args ?? []).map(here)]), ENDS[end].exit);
  leaves(scratch, end, ['latest.json', 'latest.html', 'history.db']);
});
