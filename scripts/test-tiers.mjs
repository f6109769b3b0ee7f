// Which tests need nothing but Node and are quick (`npm run test:unit`), and which files a test stands on. By what a test
// imports, so that nobody has to remember a list; only what is slow for another reason is named.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Whoever imports one of these needs a package, root, a server or a kernel. */
const NEEDS_MACHINE = [
  'account',
  'browser',
  'certificates',
  'clean-root',
  'debian-tool',
  'kernel-packages',
  'networks',
  'real-kernel',
  'remediation/scratch-host',
  'sarif-schema',
  'shells',
  'spreadsheet',
  'sshd',
  'virtual-machine',
].map((name) => `test/support/${name}.ts`);

/** Half a second a start, and such tests start it dozens of times. */
const STARTS_COMMAND = /'kernward\.js'|dist\/kernward\.js/;

const SLOW = [
  // Hundreds of thousands of combinations.
  'test/kernel/outcome/kleene.test.ts',
  'test/probe/mutation.test.ts',
  // Thousands of hosts or of rules, servers that are as slow as they can be, inventories that are programs.
  'test/cli/input/inventory-sources.test.ts',
  'test/demo/simulated-fleet.test.ts',
  'test/policy/too-many.test.ts',
  'test/report/html/html.test.ts',
  'test/report/streaming.test.ts',
  'test/report/week.test.ts',
  'test/run/many-hosts.test.ts',
  'test/transports/ssh2/misbehaving.test.ts',
  // It starts an agent.
  'test/transports/control-machine.test.ts',
  // Random and hostile inputs by the thousand, and waiting for deadlines.
  'test/history/apart.test.ts',
  'test/history/record-run.test.ts',
  'test/history/told.test.ts',
  'test/inventory/export/ansible-list.test.ts',
  'test/inventory/load-inventory.test.ts',
  'test/report/table.test.ts',
  'test/run/scan-host.test.ts',
  'test/transports/ssh-config/differential.test.ts',
  'test/transports/ssh-config/hostile.test.ts',
  // They build, pack and install the package, or ask the registry.
  'test/package/library.test.ts',
  'test/package/old-node.test.ts',
  'test/package/precomputed.test.ts',
  'test/package/self-contained.test.ts',
  'test/package/start.test.ts',
  'test/package/supply-chain.test.ts',
];

export function allTests() {
  return readdirSync(join(root, 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .toSorted();
}

const texts = new Map();
function textOf(file) {
  const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
  texts.set(file, text);
  return text;
}

const imports = new Map();
/** The files of this repository that a file imports itself. */
function importsOf(file) {
  const known = imports.get(file);
  if (known !== undefined) return known;
  const found = [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)\.js'/g)].flatMap(([, path]) =>
    ['.ts', '.tsx']
      .map((end) => normalize(join(dirname(file), path + end)))
      .filter((name) => existsSync(join(root, name))),
  );
  imports.set(file, found);
  return found;
}

/** All files of this repository that a file stands on, itself among them. */
export function standsOn(file) {
  const seen = new Set();
  const waiting = [file];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...importsOf(next));
  }
  return seen;
}

export function isUnit(test) {
  if (test.startsWith(join('test', 'e2e')) || SLOW.includes(test)) return false;
  const files = standsOn(test);
  if (NEEDS_MACHINE.some((file) => files.has(file))) return false;
  return ![...files].some((file) => file.startsWith('test') && STARTS_COMMAND.test(textOf(file)));
}

/**
 * Not quick, or beside Node a program or two: they need nothing of a process but that it runs. Whoever starts dozens of programs
 * runs alone: what a start takes grows with what the process holds.
 */
const SHARING = [
  'test/cli/flapping.test.ts',
  'test/cli/full-disk.test.ts',
  'test/cli/input/report-file.test.ts',
  'test/cli/input/unreachable-paths.test.ts',
  'test/cli/same-code.test.ts',
  'test/cli/setup/plan-command.test.ts',
  'test/demo/simulated-fleet.test.ts',
  'test/examples/prometheus.test.ts',
  'test/history/check-integrity.test.ts',
  'test/history/hostile.test.ts',
  'test/history/record-run.test.ts',
  'test/history/told.test.ts',
  'test/history/views.test.ts',
  'test/inventory/ansible/oracle.test.ts',
  'test/inventory/ansible/patterns.test.ts',
  'test/inventory/ansible/sources.test.ts',
  'test/inventory/export/ansible-list.test.ts',
  'test/kernel/fixes/debian-changelog.test.ts',
  'test/kernel/outcome/kleene.test.ts',
  'test/kernel/versions/dpkg.test.ts',
  'test/kernel/versions/rpm.test.ts',
  'test/policy/too-many.test.ts',
  'test/report/csv.test.ts',
  'test/report/junit.test.ts',
  'test/report/sarif.test.ts',
  'test/report/spreadsheet.test.ts',
  'test/report/table.test.ts',
  'test/report/week.test.ts',
  'test/report/xlsx.test.ts',
  'test/run/many-hosts.test.ts',
  'test/run/scan-host.test.ts',
  'test/setup/libraries.test.ts',
];

/** Whether a file runs in one process with others: see test-groups.mjs. */
export function sharesProcess(test) {
  return isUnit(test) || SHARING.includes(test);
}

/**
 * What takes a quarter of a minute and more and computes for a third of that at most: it waits for kernels, servers and deadlines,
 * and runs beside whatever computes. The longest first.
 */
export const WAITING = [
  'test/e2e/real-kernel.test.ts',
  'test/exchange/failures.test.ts',
  'test/e2e/least-privilege.test.ts',
  'test/e2e/endurance.test.ts',
  'test/e2e/ways-openssh.test.ts',
  'test/e2e/ways-ssh2.test.ts',
  'test/transports/contract.test.ts',
  'test/examples/guides.test.ts',
  'test/exchange/contract.test.ts',
  'test/exchange/cluster.test.ts',
  'test/e2e/scan.test.ts',
  'test/e2e/start-files.test.ts',
  'test/transports/ssh2/misbehaving.test.ts',
  'test/probe/boot.test.ts',
];
