import { isIP } from 'node:net';
import type { Static } from 'typebox';
import { createDiagnosticSink, toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { clean } from '../../text/clean.js';
import { overwriteSecrets } from '../../text/yaml/overwrite-secrets.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYaml, type YamlSource } from '../../text/yaml/load.js';
import { WorkerSettingsSchema } from './settings-schema.js';

/** What `worker.yaml` says, its files with their ways. */
export type WorkerSettings = Static<typeof WorkerSettingsSchema>;

/** An address and how many of its bits are those of the network. */
function isNetwork(text: string): boolean {
  const [, address = '', bits = ''] = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

function networkProblems({ networks = [] }: WorkerSettings, source: YamlSource): readonly Diagnostic[] {
  return networks.flatMap((network, index): readonly Diagnostic[] =>
    isNetwork(network)
      ? []
      : [
          {
            code: 'worker/network',
            severity: 'error',
            message: `${JSON.stringify(clean(network, 60))} is no network`,
            ...source.placeOf(['networks', index]),
            help: 'write an address and its bits, such as 10.20.0.0/16 or fd00:20::/32; one host is /32 or /128',
          },
        ],
  );
}

function keyProblem({ planKey, acceptUnsigned }: WorkerSettings, source: YamlSource): readonly Diagnostic[] {
  if ((planKey === undefined) === (acceptUnsigned === true)) return [];
  return [
    {
      code: 'worker/plan-key',
      severity: 'error',
      message:
        planKey === undefined
          ? 'nothing says whose plans are followed'
          : 'plans are to be signed, and need not be: one of the two',
      ...source.placeOf(planKey === undefined ? [] : ['acceptUnsigned']),
      help: 'planKey: FILE, the public half of the key of kernward plan --sign-key; or acceptUnsigned: true, and whoever may send to the queue chooses who is asked',
    },
  ];
}

/** @param beside a file as `worker.yaml` names it */
function withFiles(said: WorkerSettings, beside: (file: string) => string): WorkerSettings {
  const one = (file: string | undefined): string | undefined => (file === undefined ? undefined : beside(file));
  const each = (files: readonly string[] | undefined): string[] | undefined => files?.map(beside);
  const { planKey, inventory, identity, sshConfig, knownHosts, policies } = said;
  const found = {
    planKey: one(planKey),
    inventory: each(inventory),
    identity: each(identity),
    sshConfig: sshConfig === 'none' ? sshConfig : one(sshConfig),
    knownHosts: one(knownHosts),
    policies: each(policies),
  };
  return { ...said, ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) };
}

/** Reads `worker.yaml`; everything that is wrong with it at once. @param beside a file as it names it */
export function loadWorkerSettings({ file, text }: TextFile, beside: (file: string) => string): Loaded<WorkerSettings> {
  const diagnostics = createDiagnosticSink();
  const source = diagnostics.take(readYaml(text, file, { show: () => overwriteSecrets(text) }));
  const said = source && diagnostics.take(checkSchema(WorkerSettingsSchema, source));
  if (source === undefined || said === undefined) return { value: undefined, diagnostics: diagnostics.all() };
  diagnostics.addAll([...keyProblem(said, source), ...networkProblems(said, source)]);
  return toLoaded(withFiles(said, beside), diagnostics.all());
}
