import { known, unreadable, type FactId, type Reading, type ReadFact } from '../../model/reading.js';

/**
 * In Xen's first domain kexec gives the crash kernel to the hypervisor, which has reserved the memory by its own crashkernel=: the files of
 * the kernel that runs there (kexec_crash_loaded, kexec_crash_size) say 0 whatever is loaded. An HVM guest is as a machine of its own.
 */
export const IN_HYPERVISOR_INPUTS: readonly FactId[] = ['virtualization.type', 'xen.first_domain'];
export const IN_HYPERVISOR_SOURCES: readonly string[] = [
  'k_status() in kexec/kexec.c and xen_present() in kexec/kexec-xen.c of kexec-tools: "dom0, which is the only PV guest where kexec/kdump works"',
  'http://xenbits.xen.org/docs/4.7-testing/misc/kexec_and_kdump.txt',
];

/** Known without the second fact, which probes of before did not ask for, where the first says that this is not on Xen. */
export function deriveInHypervisor(read: ReadFact): Reading {
  const type = read('virtualization.type');
  if (type.state === 'known' && !(typeof type.value === 'string' && type.value.startsWith('xen')))
    return known(false, type.raw);
  // Its files were read, and none says Xen: that is how a physical machine looks.
  if (type.state === 'unreadable' && type.cause === 'undetermined') return known(false, type.detail);
  if (type.state === 'unreadable') return type;
  const first = read('xen.first_domain');
  return first.state === 'absent'
    ? unreadable('undetermined', `xen.first_domain is not there: ${first.witness}`)
    : first;
}
