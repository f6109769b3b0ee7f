import { CMDLINE } from './cmdline.js';
import type { FactDefinition } from './definition.js';
import { HUNG_TASK } from './hung-task.js';
import { IDENTITY } from './identity.js';
import { KDUMP } from './kdump.js';
import { KEXEC } from './kexec.js';
import { KHUGEPAGED } from './khugepaged.js';
import { LOCKUP } from './lockup.js';
import { MACHINE } from './machine.js';
import { MEMORY } from './memory.js';
import { PANIC } from './panic.js';
import { SYMPTOMS } from './symptoms.js';
import { TASKS } from './tasks.js';
import { THP } from './thp.js';

export type { FactDefinition, FactOrigin, Sample } from './definition.js';

/** The subjects, in the order of the reference page. */
export const SUBJECTS: readonly { readonly title: string; readonly facts: readonly FactDefinition[] }[] = [
  { title: 'Hung tasks', facts: HUNG_TASK },
  { title: 'Lockups and stalls', facts: LOCKUP },
  { title: 'Panic, oops, warning', facts: PANIC },
  { title: 'Crash kernel', facts: KEXEC },
  { title: 'Crash dumps', facts: KDUMP },
  { title: 'Memory', facts: MEMORY },
  { title: 'Symptoms', facts: SYMPTOMS },
  { title: 'Transparent huge pages', facts: THP },
  { title: 'khugepaged', facts: KHUGEPAGED },
  { title: 'Tasks', facts: TASKS },
  { title: 'Kernel and distribution', facts: IDENTITY },
  { title: 'Boot parameters', facts: CMDLINE },
  { title: 'Machine', facts: MACHINE },
];

/** Everything that the probe can know of a host. Facts that are computed from these are in kernel/. */
export const FACTS: readonly FactDefinition[] = SUBJECTS.flatMap(({ facts }) => facts);
