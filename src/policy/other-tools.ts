/** A policy of another tool: what it is, and what to do with it. */
export interface OtherPolicy {
  readonly what: string;
  readonly help: string;
}

const ANEW =
  'write what it checks of the kernel as rules: kernward policy new ID > mine.yaml; docs/reference/policies.md';

function importedBy(kind: string): string {
  return `take over what it says of kernel parameters: kernward policy import --from ${kind} FILE > mine.yaml`;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(text: string): string {
  return (
    text
      .split('\n', 200)
      .map((line) => line.trim())
      .find((line) => line !== '' && !line.startsWith('#') && !line.startsWith(';')) ?? ''
  );
}

/** Names at the top of a gossfile. @see https://goss.readthedocs.io/en/stable/gossfile/#available-tests */
const GOSS = new Set(
  'addr command dns file gossfile group http interface kernel-param matching mount package port process service user'.split(
    ' ',
  ),
);

function hasFields(value: unknown, ...names: readonly string[]): boolean {
  return isFields(value) && names.every((name) => name in value);
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.some(isOne);
}

/** Objects of Kubernetes name their tool before a slash. */
const BY_GROUP: readonly (readonly [RegExp, string])[] = [
  [/^(?:policies\.)?kyverno\.io\//, 'a policy of Kyverno'],
  [/^(?:templates|constraints)\.gatekeeper\.sh\//, 'a policy of Gatekeeper (Open Policy Agent)'],
  [/^(?:cilium\.io|isovalent\.com)\//, 'a policy of Cilium or Tetragon'],
];

/** By its text: such files often hold several documents, and kernward's own hold one. */
function kubernetes(text: string): OtherPolicy | undefined {
  const apiVersion = /^(?:"?apiVersion"?):\s*["']?(?<name>[\w.]+(?:\/\w+)?)/m.exec(text)?.groups?.['name'];
  if (apiVersion === undefined || !/^"?kind"?:\s*\S/m.test(text)) return undefined;
  if (/^[ \t]+query:/m.test(text))
    return { what: 'this is a policy of Fleet (osquery), which kernward does not run', help: ANEW };
  const tool = BY_GROUP.find(([pattern]) => pattern.test(apiVersion))?.[1] ?? 'an object of Kubernetes';
  return {
    what: `this is ${tool}, which is about objects in a cluster and not about the kernel of a machine`,
    help: ANEW,
  };
}

/** What is no YAML, or many documents of it, by its first line and by lines that only it has. */
export function otherPolicyText(text: string): OtherPolicy | undefined {
  const first = firstLine(text);
  if (/^package\s+[A-Za-z_][\w.]*$/.test(first))
    return { what: 'this is a policy of Open Policy Agent (Rego), which kernward does not run', help: ANEW };
  if (/^[ \t]*(?:control[ \t]+['"]|describe[ (].* do[ \t]*$)/m.test(text) && /^[ \t]*describe\b[ (]/m.test(text))
    return { what: 'this is a control of InSpec, which kernward does not run', help: importedBy('inspec') };
  if (first.startsWith('<'))
    return { what: 'this is XML, as policies of OpenSCAP are, which kernward does not read', help: ANEW };
  if (/^-?[a-z][\w*]*[./][\w./*-]*\s*=/.test(first))
    return { what: 'this is a file of sysctl.d, and no policy', help: importedBy('sysctl.conf') };
  if (/^\[\w+\]$/.test(first))
    return { what: 'this is an INI file, as profiles of tuned are, and no policy', help: ANEW };
  return kubernetes(text);
}

/** What a document is, where it is the policy of another tool; its format is YAML or JSON. */
export function otherPolicyDocument(value: unknown): OtherPolicy | undefined {
  if (
    isListOf(value, (item) => hasFields(item, 'rule', 'condition') || hasFields(item, 'macro', 'condition')) ||
    isListOf(
      value,
      (item) =>
        hasFields(item, 'required_engine_version') ||
        hasFields(item, 'required_plugin_versions') ||
        hasFields(item, 'list', 'items'),
    )
  )
    return { what: 'these are rules of Falco, which watch calls and not settings', help: ANEW };
  if (isListOf(value, (item) => hasFields(item, 'hosts') && (hasFields(item, 'tasks') || hasFields(item, 'roles'))))
    return { what: 'this is a playbook of Ansible, and no policy', help: ANEW };
  if (!isFields(value)) return undefined;
  if (isFields(value['policy']) && 'checks' in value)
    return { what: 'this is a policy of Wazuh (SCA), which kernward does not run', help: ANEW };
  if (typeof value['policy'] === 'string') return undefined;
  if (
    isListOf(value['policies'], (item) => hasFields(item, 'uid')) ||
    isListOf(value['packs'], (item) => hasFields(item, 'uid'))
  )
    return { what: 'this is a policy of cnspec (MQL), which kernward does not run', help: ANEW };
  if (isListOf(value['queries'], (item) => hasFields(item, 'mql')))
    return { what: 'these are queries of cnspec (MQL), which kernward does not run', help: ANEW };
  if (isFields(value['queries']) && Object.values(value['queries']).some((item) => hasFields(item, 'query')))
    return { what: 'this is a pack of osquery, which kernward does not run', help: ANEW };
  if (isListOf(value['rules'], (item) => hasFields(item, 'languages')))
    return { what: 'these are rules of Semgrep, which are about source code', help: ANEW };
  if (
    'inspec_version' in value ||
    (typeof value['name'] === 'string' && ('supports' in value || 'maintainer' in value))
  )
    return {
      what: 'this is the inspec.yml of a profile of InSpec, whose controls stand in its folder controls',
      help: importedBy('inspec').replace('FILE', 'controls/NAME.rb'),
    };
  const names = Object.keys(value);
  if (names.length > 0 && names.every((name) => GOSS.has(name)))
    return { what: 'this is a gossfile, which kernward does not run', help: importedBy('goss') };
  return undefined;
}
