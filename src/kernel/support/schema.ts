import { Type, type Static } from 'typebox';
import type { VendorId } from '../vendors.js';

function words(description: string) {
  return Type.String({ minLength: 1, maxLength: 1000, description });
}
const closed = { additionalProperties: false } as const;
function day(description: string) {
  return Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: `${description} YYYY-MM-DD.` });
}
function https(description: string) {
  return Type.String({ pattern: '^https://[^\\s/]+\\S*$', description });
}

/** Every vendor whose kernels the data can speak of: all but those that are nobody's to maintain. */
const SUPPORT_VENDORS = [
  'alibaba',
  'alpine',
  'amazon',
  'amazon-2023',
  'anolis',
  'arch',
  'debian',
  'fedora',
  'kernel.org',
  'openeuler',
  'oracle-uek',
  'photon',
  'proxmox',
  'rhel',
  'suse',
  'tencent',
  'ubuntu',
] as const satisfies readonly VendorId[];
function vendors(description: string) {
  return Type.Array(Type.Enum([...SUPPORT_VENDORS]), { minItems: 1, uniqueItems: true, description });
}

const ReleaseSchema = Type.Object(
  {
    release: Type.String({
      pattern: '^[0-9]+(\\.[0-9]+)*$',
      description:
        'The series of a kernel, or the release of a distribution as VERSION_ID of os-release names it, or its major part',
    }),
    ends: Type.Optional(day('The last day of support; absent where none was announced.')),
    extended: Type.Optional(
      day('The last day of extended support, for those who have it; absent where none is offered.'),
    ),
    extendedFrom: Type.Optional(https('Where that last day is known from, where the source of the file has another')),
  },
  closed,
);
export type SupportedRelease = Static<typeof ReleaseSchema>;

const DistributionSchema = Type.Object(
  {
    ids: Type.Array(Type.String({ pattern: '^[a-z0-9._-]+$' }), { minItems: 1, description: 'ID of os-release' }),
    name: Type.Optional(words('NAME of os-release, where ID alone does not tell')),
    release: Type.Enum(['exact', 'major'], {
      description: 'Whether VERSION_ID is compared as a whole, or the number before its first dot',
    }),
    extendedName: Type.Optional(words('What the distribution calls its extended support')),
  },
  { ...closed, description: 'Of which distribution the releases are' },
);

const KernelSchema = Type.Object(
  {
    judges: vendors('Whose kernels end with their series at kernel.org'),
    maintainedByVendor: vendors('Who maintains kernels beyond that: the dates of the distribution hold for them'),
  },
  { ...closed, description: 'The releases are series of kernel.org' },
);

/** Until when something is maintained, as one source said on one day: `policies/support/*.yaml`. */
export const SupportSchema = Type.Object(
  {
    support: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', description: 'The id, which is the name of the file' }),
    title: words('What it is called, in a sentence'),
    kernel: Type.Optional(KernelSchema),
    distribution: Type.Optional(DistributionSchema),
    asOf: day('The day on which the source said so.'),
    source: https('Where it is known from'),
    licence: words('Under which licence the source gives it'),
    releases: Type.Array(ReleaseSchema, { minItems: 1, description: 'Newest first' }),
  },
  {
    ...closed,
    title: 'Dates of support',
    description: 'Until when the releases of something are maintained.',
    $schema: 'https://json-schema.org/draft/2020-12/schema',
  },
);
export type SupportData = Static<typeof SupportSchema>;
