import { defined } from '../../language/defined.js';
import type { DerivedFact, FactType } from '../../model/fact.js';
import type { FactId, Reading } from '../../model/reading.js';
import { BLIND_INPUTS, deriveBlind } from './detector-blind-spot.js';
import { decisionInputs, OUTCOMES } from './decision.js';
import {
  deriveFreezes,
  deriveGoesDown,
  deriveOutcome,
  derivePanicFreezes,
  deriveRebootAfter,
  deriveRebootBy,
  deriveReboots,
} from './derive.js';
import { deriveFirmwareDumps, FIRMWARE_DUMPS_INPUTS, PANIC, PANIC_SOURCES } from './panic.js';
import { HUNG_TASK_SOURCES } from './hung-task.js';
import { deriveInHypervisor, IN_HYPERVISOR_INPUTS, IN_HYPERVISOR_SOURCES } from './xen.js';
import { deriveSoftLockupReported, SOFT_LOCKUP_TAINT_INPUTS, SOFT_LOCKUP_TAINT_SOURCES } from './taint.js';
import { TRIGGERS, type Trigger } from './trigger-names.js';
import { TRIGGER } from './triggers.js';

export { explainOutcome, renderChain, type CauseLink } from './explain-outcome.js';
export { OUTCOMES, type Outcome } from './decision.js';
export { TRIGGERS, type Trigger } from './trigger-names.js';

type Derive = (trigger: Trigger, read: (id: FactId) => Reading) => Reading;

const SUBJECTS: readonly {
  readonly name: string;
  readonly title: (what: string) => string;
  readonly type: FactType;
  readonly unit?: 's';
  readonly derive: Derive;
}[] = [
  {
    name: 'outcome',
    title: (what) => `What ${what} does to this machine`,
    type: { kind: 'enum', values: OUTCOMES },
    derive: deriveOutcome,
  },
  {
    name: 'reboots',
    title: (what) => `Does ${what} end in a reboot, with or without a dump`,
    type: { kind: 'bool' },
    derive: deriveReboots,
  },
  {
    name: 'goes_down',
    title: (what) => `Does ${what} take this machine down: it reboots, dumps or freezes`,
    type: { kind: 'bool' },
    derive: deriveGoesDown,
  },
  {
    name: 'freezes',
    title: (what) => `Does ${what} leave this machine down until somebody resets it`,
    type: { kind: 'bool' },
    derive: deriveFreezes,
  },
  {
    name: 'reboot_by',
    title: (what) => `What reboots the machine after ${what}; absent where nothing does`,
    type: { kind: 'string' },
    derive: deriveRebootBy,
  },
  {
    name: 'reboot_after',
    title: (what) =>
      `Seconds from the panic to the restart after ${what}, 0 for at once; absent where it is not kernel.panic that restarts the machine`,
    type: { kind: 'int', min: 0 },
    unit: 's',
    derive: deriveRebootAfter,
  },
];

function factsOf(trigger: Trigger): readonly DerivedFact[] {
  const { what, decision, sources } = TRIGGER[trigger];
  return SUBJECTS.map(({ name, title, type, unit, derive }) => ({
    id: `${trigger}.${name}`,
    title: title(what),
    type,
    ...defined({ unit }),
    sources: [...sources, ...PANIC_SOURCES],
    inputs: decisionInputs(decision),
    derive: (read) => derive(trigger, read),
  }));
}

const DETECTOR_BLIND: DerivedFact = {
  id: 'hung_task.detector_blind',
  title:
    'May a task hang without the hung-task detector seeing it: it is off, or its scan stops before the last thread',
  type: { kind: 'bool' },
  sources: [...HUNG_TASK_SOURCES, 'include/linux/threads.h, Debian linux 6.1.192-2'],
  inputs: BLIND_INPUTS,
  derive: deriveBlind,
};

const FIRMWARE_DUMPS: DerivedFact = {
  id: 'panic.firmware_dumps',
  title:
    'Does the firmware or the hypervisor save a dump after a panic, without a crash kernel that this kernel shows (POWER, s390, Xen’s first domain)',
  type: { kind: 'bool' },
  sources: PANIC_SOURCES,
  inputs: FIRMWARE_DUMPS_INPUTS,
  derive: deriveFirmwareDumps,
};

const IN_HYPERVISOR: DerivedFact = {
  id: 'kexec.in_hypervisor',
  title:
    'Is the crash kernel of this machine the hypervisor’s (Xen’s first domain), so that this kernel does not show it',
  type: { kind: 'bool' },
  sources: IN_HYPERVISOR_SOURCES,
  inputs: IN_HYPERVISOR_INPUTS,
  derive: deriveInHypervisor,
};

const PANIC_FREEZES: DerivedFact = {
  id: 'panic.freezes',
  title: 'Does a panic, whatever brings it, leave this machine down until somebody resets it',
  type: { kind: 'bool' },
  sources: PANIC_SOURCES,
  inputs: decisionInputs(PANIC),
  derive: derivePanicFreezes,
};

const SOFT_LOCKUP_REPORTED: DerivedFact = {
  id: 'soft_lockup.since_boot',
  title: 'Was a soft lockup reported since boot (taint L), on a kernel that is known to say so',
  type: { kind: 'bool' },
  sources: SOFT_LOCKUP_TAINT_SOURCES,
  inputs: SOFT_LOCKUP_TAINT_INPUTS,
  derive: deriveSoftLockupReported,
};

/** What becomes of this machine: the subjects above of each trigger, as `<trigger>.outcome`, and what stands beside them. */
export const OUTCOME_FACTS: readonly DerivedFact[] = [
  ...TRIGGERS.flatMap(factsOf),
  DETECTOR_BLIND,
  FIRMWARE_DUMPS,
  IN_HYPERVISOR,
  PANIC_FREEZES,
  SOFT_LOCKUP_REPORTED,
];
