import { defined } from '../language/defined.js';
import type { FactType, Unit } from '../model/fact.js';
import type { FactDefinition, FileSection } from './definition.js';
import { int, string } from './parse.js';

export const INT_MAX = 2_147_483_647;
export const INT_MIN = -2_147_483_648;
export const UINT_MAX = 4_294_967_295;
export const LONG_MAX = Number.MAX_SAFE_INTEGER;

interface SysctlRow {
  /** The kernel's name, e.g. `kernel.hung_task_panic`. */
  readonly name: string;
  readonly title: string;
  /** `[smallest, largest]`; `text` for a sysctl that is not a number. */
  readonly range: readonly [number, number] | 'text';
  readonly unit?: Unit;
  readonly since: string;
  /**
   * How a boot sets it; without one, `sysctl.<name>=` where the kernel has that parameter; `none` for a count of
   * events.
   */
  readonly boot?: string;
  readonly sources: readonly string[];
  /** Lines as real kernels print them, without the newline. */
  readonly samples: readonly string[];
  readonly note?: string;
  readonly section?: FileSection;
}

const page = {
  kernel: 'https://docs.kernel.org/admin-guide/sysctl/kernel.html',
  vm: 'https://docs.kernel.org/admin-guide/sysctl/vm.html',
};

/** The heading of a sysctl in the kernel's own documentation. */
export function kernelDoc(name: string): string {
  return `${page.kernel}#${name.replaceAll('_', '-')}`;
}
export function vmDoc(name: string): string {
  return `${page.vm}#${name.replaceAll('_', '-')}`;
}
export const KERNEL_PARAMETERS = 'https://docs.kernel.org/admin-guide/kernel-parameters.html';

/** In a tree to which its vendor had added what upstream got after 3.10, and in all of later trees. */
export const ALWAYS = 'in 3.10.0-514.el7 and later trees (Red Hat’s; kernel.org’s may have it later)';

/** In all of Red Hat's trees from RHEL 6.1 on, and in later ones. */
export const IN_RHEL_6 = 'in the oldest tree that was read, 2.6.32-131.el6 (Red Hat’s; kernel.org’s may have it later)';

export const SEEN_IN_6_1 = 'not looked up; in 6.1.192';

/** Since Linux 5.8 (3db978d480e2 "kernel/sysctl: support setting sysctl parameters from kernel command line"). */
function bySysctlParameter(name: string): string {
  return `sysctl.${name}=`;
}

/** A sysctl keeps the kernel's own name: `sysctl.kernel.panic` is /proc/sys/kernel/panic. */
export function sysctl(row: SysctlRow): FactDefinition {
  const type: FactType =
    row.range === 'text' ? { kind: 'string' } : { kind: 'int', min: row.range[0], max: row.range[1] };
  return {
    id: `sysctl.${row.name}`,
    title: row.title,
    type,
    ...defined({ unit: row.unit }),
    since: row.since,
    ...(row.boot === 'none' ? {} : { bootParameter: row.boot ?? bySysctlParameter(row.name) }),
    sources: row.sources,
    origin: { via: 'file', section: row.section ?? 'sysctl', paths: [`/proc/sys/${row.name.replaceAll('.', '/')}`] },
    parse: row.range === 'text' ? string : int(...row.range),
    samples: row.samples.map((line) => ({ text: `${line}\n`, known: row.range === 'text' ? line : Number(line) })),
    ...defined({ note: row.note }),
  };
}
