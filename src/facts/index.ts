import { CMDLINE } from './catalog/cmdline.js';
import type { FactDefinition } from './definition.js';
import { HUNG_TASK_FACTS } from './catalog/hung-task.js';
import { IDENTITY } from './catalog/identity.js';
import { KDUMP } from './catalog/kdump.js';
import { KEXEC } from './catalog/kexec.js';
import { KHUGEPAGED } from './catalog/khugepaged.js';
import { LOCKUP } from './catalog/lockup.js';
import { MACHINE } from './catalog/machine.js';
import { MEMORY } from './catalog/memory.js';
import { PACKAGES } from './catalog/packages.js';
import { PANIC_FACTS } from './catalog/panic.js';
import { NEXT_BOOT } from './catalog/next-boot.js';
import { OOM_DAEMONS } from './catalog/oom-daemons.js';
import { PSTORE } from './catalog/pstore.js';
import { STORAGE } from './catalog/storage.js';
import { SYMPTOMS } from './catalog/symptoms.js';
import { TASK_FACTS } from './catalog/tasks.js';
import { THP } from './catalog/thp.js';
import { interning } from './intern.js';

export type { FactDefinition } from './definition.js';

interface Subject {
  readonly title: string;
  readonly facts: readonly FactDefinition[];
}

const PROBED: readonly Subject[] = [
  { title: 'Hung tasks', facts: HUNG_TASK_FACTS },
  { title: 'Lockups and stalls', facts: LOCKUP },
  { title: 'Panic, oops, warning', facts: PANIC_FACTS },
  { title: 'Crash kernel', facts: KEXEC },
  { title: 'Crash dumps', facts: KDUMP },
  { title: 'Memory', facts: [...MEMORY, ...OOM_DAEMONS] },
  { title: 'Symptoms', facts: SYMPTOMS },
  { title: 'Transparent huge pages', facts: THP },
  { title: 'khugepaged', facts: KHUGEPAGED },
  { title: 'Tasks', facts: TASK_FACTS },
  { title: 'Storage that is waited for', facts: STORAGE },
  { title: 'Kernel and distribution', facts: IDENTITY },
  { title: 'Boot parameters', facts: CMDLINE },
  { title: 'Machine', facts: MACHINE },
  { title: 'Next boot', facts: NEXT_BOOT },
];

/** The subjects, in the order of the reference page. */
export const SUBJECTS: readonly Subject[] = [
  ...PROBED,
  { title: 'Kernel packages', facts: PACKAGES },
  { title: 'Only for root', facts: PSTORE },
];

function withInterning(fact: FactDefinition): FactDefinition {
  return { ...fact, parse: interning(fact.parse) };
}

/** Everything that the probe can know of a host. Facts that are computed from these are in kernel/. */
export const FACTS: readonly FactDefinition[] = PROBED.flatMap(({ facts }) => facts).map(withInterning);

/** The facts of the package script; on hosts where it was not run they are `not-collected`. */
export const PACKAGE_FACTS: readonly FactDefinition[] = PACKAGES.map(withInterning);

/** What root's script alone can see, where it is used; of other hosts these are `not-collected`. */
export const ROOT_FACTS: readonly FactDefinition[] = PSTORE.map(withInterning);

/** The facts of the scripts that are run after the probe, where they are. */
export const FURTHER_FACTS: readonly FactDefinition[] = [...PACKAGE_FACTS, ...ROOT_FACTS];
