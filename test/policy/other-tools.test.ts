import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FACTS } from '../support/policies.js';
import { loadPolicies } from '../../src/policy/load.js';
import { assertComputed } from '../support/computed-within.js';
import { cpuMsOf } from '../support/cpu-time.js';

/** The shapes of the tools' own files, as their documentation and repositories have them. */
const CASES: readonly (readonly [is: string, text: string, what: RegExp, help: RegExp])[] = [
  [
    'goss',
    'kernel-param:\n  kernel.panic:\n    value: "10"\nport:\n  tcp:22:\n    listening: true\n',
    /gossfile/,
    /import --from goss/,
  ],
  [
    'InSpec',
    "# frozen\nx = input('x')\ncontrol 'sysctl-01' do\n  impact 1.0\n  describe kernel_parameter('kernel.panic') do\n    its(:value) { should eq 0 }\n  end\nend\n",
    /control of InSpec/,
    /import --from inspec/,
  ],
  [
    'InSpec without a control',
    "describe kernel_parameter('kernel.panic') do\n  its('value') { should eq 0 }\nend\n",
    /control of InSpec/,
    /import --from inspec/,
  ],
  [
    'inspec.yml',
    'name: linux-baseline\ntitle: x\nmaintainer: y\nsupports:\n  - os-family: linux\n',
    /inspec\.yml/,
    /controls\/NAME\.rb/,
  ],
  ['sysctl.d', '# comment\nkernel.panic = 10\nvm.swappiness=1\n', /sysctl\.d/, /import --from sysctl\.conf/],
  ['sysctl.d with slashes', '-net/ipv4/ip_forward = 0\n', /sysctl\.d/, /import --from sysctl\.conf/],
  ['tuned', '[main]\nsummary=x\n[sysctl]\nkernel.panic=1\n', /tuned/, /policy new/],
  [
    'cnspec',
    'policies:\n  - uid: mondoo-linux\n    name: x\n    groups: []\nqueries:\n  - uid: a\n    mql: "true"\n',
    /cnspec/,
    /policy new/,
  ],
  ['cnspec, a query pack', 'packs:\n  - uid: a\n    queries: []\n', /cnspec/, /policy new/],
  [
    'OPA',
    '# METADATA\npackage kernel.panic\n\ndeny[msg] {\n  input.panic != 0\n}\n',
    /Open Policy Agent/,
    /policy new/,
  ],
  [
    'Kyverno, many documents',
    'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata:\n  name: a\n---\napiVersion: kyverno.io/v1\nkind: ClusterPolicy\n',
    /Kyverno/,
    /policy new/,
  ],
  [
    'Kyverno, the newer',
    'apiVersion: policies.kyverno.io/v1alpha1\nkind: ValidatingPolicy\nspec: {}\n',
    /Kyverno/,
    /policy new/,
  ],
  ['Gatekeeper', 'apiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\n', /Gatekeeper/, /policy new/],
  [
    'Falco',
    '- required_engine_version: 0.31.0\n- list: shells\n  items: [bash]\n- macro: open\n  condition: evt.type=open\n- rule: x\n  desc: y\n  condition: open\n  output: z\n  priority: WARNING\n',
    /Falco/,
    /policy new/,
  ],
  [
    'Wazuh',
    'policy:\n  id: "cis_debian12"\n  file: "cis_debian12.yml"\n  name: "CIS"\nrequirements:\n  title: x\nchecks:\n  - id: 1\n    title: x\n    condition: all\n    rules:\n      - "c:sysctl kernel.panic -> r:0"\n',
    /Wazuh/,
    /policy new/,
  ],
  ['Fleet', 'apiVersion: v1\nkind: policy\nspec:\n  name: x\n  query: SELECT 1\n', /osquery/, /policy new/],
  ['osquery', '{"queries": {"a": {"query": "SELECT 1", "interval": 1}}}', /osquery/, /policy new/],
  ['OpenSCAP', '<?xml version="1.0"?>\n<Benchmark/>\n', /OpenSCAP/, /policy new/],
  ['Semgrep', 'rules:\n  - id: x\n    languages: [go]\n    pattern: x\n', /Semgrep/, /policy new/],
  ['a playbook', '- hosts: all\n  tasks: []\n', /playbook/, /policy new/],
];

for (const [is, text, what, help] of CASES)
  test(`a policy of another tool is told once, for what it is, with what to do: ${is}`, () => {
    const { value, diagnostics } = loadPolicies([{ file: 'given', text }], FACTS);
    assert.equal(value, undefined);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['policy/other-tool'],
      JSON.stringify(diagnostics),
    );
    assert.match(diagnostics[0]?.message ?? '', what);
    assert.match(diagnostics[0]?.help ?? '', help);
  });

test('a policy with a mistake is no policy of another tool', () => {
  for (const text of [
    'policy: mine\ntitle: x\nrules:\n  - id: a\n    describe: b\n',
    'polcy: mine\ntitle: x\nrules: []\n',
    'policy: mine\ntitle: kernel.panic = 1\nchecks: []\nrules: []\n',
    'rules:\n  - id: a\n    condition: b\n',
    '',
  ]) {
    const { diagnostics } = loadPolicies([{ file: 'given', text }], FACTS);
    assert.ok(diagnostics.length > 0);
    assert.ok(
      diagnostics.every(({ code }) => code !== 'policy/other-tool'),
      text,
    );
  }
});

test('a text that nearly is one of them takes no longer for it', () => {
  const text = `${'\n'.repeat(200_000)}${' '.repeat(200_000)}control\n${'describe '.repeat(50_000)}`;
  assertComputed(
    cpuMsOf(() => void loadPolicies([{ file: 'given', text }], FACTS)),
    5000,
  );
});
