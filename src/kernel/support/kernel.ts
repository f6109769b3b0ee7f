import { absent, unreadable, type Reading, type ReadFact } from '../../model/reading.js';
import { kernelOfHost } from '../fixes/facts.js';
import type { Kernel } from '../release.js';
import type { SupportData } from './schema.js';
import type { Found } from './found.js';

function undetermined(why: string): Reading<never> {
  return unreadable('undetermined', why);
}

/**
 * The series that Ubuntu's long-term releases came with (14.04 to 26.04), and maintains as long as them. All others are those of its
 * interim releases and of HWE, which end after nine months at most (https://ubuntu.com/kernel/lifecycle).
 */
const UBUNTU_LTS: ReadonlySet<string> = new Set(['3.13', '4.4', '4.15', '5.4', '5.15', '6.8', '7.0']);

/** Of a kernel that its vendor maintains beyond kernel.org: the dates of kernel.org say nothing, and may end later than it does. */
function byItsVendor({ vendor, series, release }: Kernel): Reading<never> {
  const why = `${vendor.label} built ${release} and maintains its kernels itself, so that the dates of kernel.org do not hold for it; for how long it maintains this one is not known here`;
  return vendor.id === 'ubuntu' && !UBUNTU_LTS.has(series ?? '') ? undetermined(why) : absent(why);
}

/** The series of the running kernel among the dates of kernel.org, where those hold for it. */
export function findKernel(all: readonly SupportData[], read: ReadFact): Found {
  const kernel = kernelOfHost(read);
  if ('unreadable' in kernel) return { none: undetermined(kernel.unreadable) };
  const { vendor, series, release: name } = kernel;
  const maintainer = all.find(({ kernel: of }) => of?.maintainedByVendor.some((id) => id === vendor.id));
  if (maintainer !== undefined) return { none: byItsVendor(kernel) };
  const data = all.find(({ kernel: of }) => of?.judges.some((id) => id === vendor.id));
  if (data === undefined)
    return {
      none: undetermined(
        vendor.id === 'unrecognised'
          ? `kernward does not know who builds ${name}${vendor.contradiction === undefined ? '' : ` (${vendor.contradiction})`}, nor how long it is maintained`
          : `${name} was built by ${vendor.label}, and how long that is maintained is not known`,
      ),
    };
  if (series === undefined) return { none: undetermined(`the series of ${name} is not known`) };
  const release = data.releases.find((one) => one.release === series);
  if (release === undefined)
    return { none: undetermined(`the dates of ${data.asOf} do not name the series ${series}`) };
  return { data, release, name: `the series ${series} of kernel.org` };
}
