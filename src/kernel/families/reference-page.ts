import {
  unreadable,
  absent,
  known,
  type FactId,
  type Reading,
  type ReadFact,
  type Value,
} from '../../model/reading.js';
import { OUTCOME_FACTS } from '../outcome/index.js';
import { valueText } from '../outcome/values.js';
import { FAMILIES, UNREAD } from './index.js';
import { machinesOf, type Family } from './family.js';

/** What each trigger is asked with: set to panic on a physical machine that reboots 5 s after one, and the rest as it comes. */
const ASKED: readonly {
  readonly title: string;
  readonly outcome: FactId;
  readonly set: Readonly<Record<FactId, Value>>;
}[] = [
  { title: 'hung task', outcome: 'hung_task.outcome', set: { 'sysctl.kernel.hung_task_panic': 1 } },
  {
    title: 'hung task, no reports left',
    outcome: 'hung_task.outcome',
    set: { 'sysctl.kernel.hung_task_panic': 1, 'sysctl.kernel.hung_task_warnings': 0 },
  },
  { title: 'soft lockup', outcome: 'soft_lockup.outcome', set: { 'sysctl.kernel.softlockup_panic': 1 } },
  { title: 'hard lockup', outcome: 'hard_lockup.outcome', set: { 'sysctl.kernel.hardlockup_panic': 1 } },
  {
    title: 'hard lockup, in a KVM guest',
    outcome: 'hard_lockup.outcome',
    set: { 'sysctl.kernel.hardlockup_panic': 1, 'virtualization.type': 'kvm' },
  },
  {
    title: 'RCU stall',
    outcome: 'rcu_stall.outcome',
    set: { 'sysctl.kernel.panic_on_rcu_stall': 1, 'sysctl.debug.panic_on_rcu_stall': 1 },
  },
  { title: 'oops', outcome: 'oops.outcome', set: { 'sysctl.kernel.panic_on_oops': 1 } },
  { title: 'out of memory', outcome: 'oom.outcome', set: { 'sysctl.vm.panic_on_oom': 1 } },
];

const USUAL: Readonly<Record<FactId, Value>> = {
  'sysctl.kernel.hung_task_timeout_secs': 120,
  'sysctl.kernel.hung_task_check_count': 4_194_304,
  'sysctl.kernel.hung_task_warnings': 10,
  'sysctl.kernel.tainted': 0,
  'sysctl.kernel.watchdog': 1,
  'sysctl.kernel.soft_watchdog': 1,
  'sysctl.kernel.nmi_watchdog': 1,
  'sysctl.kernel.watchdog_thresh': 10,
  'sysctl.kernel.panic': 5,
  'kexec.crash_loaded': false,
  'module.rcupdate.rcu_cpu_stall_suppress': false,
};
/** Of every machine, whatever its family. */
const MACHINE: Readonly<Record<FactId, Value>> = {
  cmdline: {},
  'kexec.crash_loaded': false,
};

function readingsOf(family: Family, set: Readonly<Record<FactId, Value>>): ReadFact {
  const { has, lacks, example, always = {} } = family;
  const machineName = machinesOf(family)[0] ?? '';
  return (id): Reading => {
    if (id === 'uname.release') return known(example, example);
    if (id === 'uname.machine') return known(machineName, machineName);
    if (id === 'virtualization.type' && set[id] === undefined)
      return unreadable('undetermined', 'no file names a hypervisor');
    const machine = set[id] ?? MACHINE[id];
    if (machine !== undefined && (MACHINE[id] !== undefined || id === 'virtualization.type'))
      return known(machine, valueText(machine));
    if (id === 'watchdog.devices' || lacks.includes(id)) return absent('its kernels lack it');
    if (!has.includes(id)) return unreadable('undetermined', 'no source says whether its kernels have it');
    const value = always[id] ?? set[id] ?? USUAL[id] ?? 0;
    return known(value, valueText(value));
  };
}

const DERIVE = new Map(OUTCOME_FACTS.map((fact) => [fact.id, fact.derive]));

/** `decided: reboots`, or what a source would have to say. */
function cellOf(family: Family, { outcome, set }: (typeof ASKED)[number]): string {
  const reading = DERIVE.get(outcome)?.(readingsOf(family, set));
  return reading?.state === 'known' ? valueText(reading.value) : 'unknown';
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

function listed(ids: readonly FactId[]): string {
  return ids.map((id) => `\`${id}\``).join(', ');
}

function section(family: Family): string {
  const { title, releases, osId, has, lacks, means = {}, boots = {}, sources } = family;
  const meanings = Object.entries(means).map(([id, says]) => `* \`${id}\`: ${says}\n`);
  const booted = Object.entries(boots).map(([id, value]) => `\`${id}\` ${value}`);
  return `### ${title}

Kernels whose \`uname -r\` is \`${releases.source}\`${osId === undefined ? '' : ` on a system whose os-release says \`ID=${osId}\``}, on ${machinesOf(family).join(' and ')}.

* has: ${listed(has)}
* lacks: ${listed(lacks)}
${booted.length === 0 ? '' : `* boots with: ${booted.join(', ')}\n`}* known from: ${sources.join('; ')}
${meanings.length === 0 ? '' : `\nWhat a knob means here:\n\n${meanings.join('')}`}`;
}

/** The page about families of kernels, made from what the code knows of them. */
export function familiesPage(): string {
  return `<!-- Generated from src/kernel/families by npm run generate. -->

# Families of kernels

Kernels of different families have different knobs. For each family that somebody read, in source, in a listing or on a machine
that was booted, kernward knows which files its kernels have and which they lack. A recorded host, a host of the demo or a case of a
policy that claims a family and has other files is refused by \`kernward policy test\` and by the linter, and so is one that was edited
into another family and keeps what the first boots with. Where nobody read, nothing is claimed; what is inferred from releases before
and after says so.

## What is decided

Each trigger is set to panic, on a physical machine with \`kernel.panic=5\` and no crash kernel, and only what a source says of
the family is taken for known. \`unknown\`: the sources do not say enough; on a host that shows its files more may be decided.
\`not-detected\`: its kernels are built without that detector.

${row(['family', ...ASKED.map(({ title }) => title)])}${row(['---', ...ASKED.map(() => '---')])}${FAMILIES.map(
    (family) => row([family.title, ...ASKED.map((asked) => cellOf(family, asked))]),
  ).join('')}${UNREAD.map(({ title }) => row([title, ...ASKED.map(() => 'unknown')])).join('')}
Not read, and what was looked for:

${UNREAD.map(({ title, why }) => `* ${title}: ${why}`).join('\n')}

Hosts of these families, and of machines of which no kernel was read, are judged by the files that they show and by the version of
their kernel alone.

## Families

${FAMILIES.map(section).join('\n')}`;
}
