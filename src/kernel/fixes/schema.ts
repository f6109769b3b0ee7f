import { Type, type Static } from 'typebox';

function words(description: string) {
  return Type.String({ minLength: 1, description });
}
const closed = { additionalProperties: false } as const;
const UPSTREAM_VERSION = '^\\d+\\.\\d+(\\.\\d+){0,2}(-rc\\d+)?$';
const SERIES = '^(2\\.6\\.\\d+|[3-9]\\d*\\.\\d+|[1-9]\\d+\\.\\d+)$';
function version(description: string) {
  return Type.String({ pattern: UPSTREAM_VERSION, description });
}
function stableSeries(description: string) {
  return Type.Record(Type.String({ pattern: SERIES }), version('The stable version'), { ...closed, description });
}
function commit(description: string) {
  return Type.String({ pattern: '^[0-9a-f]{12,40}$', description });
}

export const TABLE_VENDORS = ['debian', 'ubuntu', 'rhel', 'photon', 'alibaba'] as const;
export type TableVendor = (typeof TABLE_VENDORS)[number];

const VendorEntrySchema = Type.Object(
  {
    series: Type.String({
      pattern: SERIES,
      description: 'The upstream series of the packages that this entry is about',
    }),
    el: Type.Optional(words('Red Hat only: the major version, e.g. 7')),
    fixed: Type.Optional(words('First package known to have the fix; everything that descends from it has it too')),
    earlierLack: Type.Optional(
      Type.Boolean({ description: 'Whether every package before `fixed` (from `from` on) is known to lack it' }),
    ),
    from: Type.Optional(
      words('First package that `earlierLack` is said of; where absent, `bugFrom`, and without that all of the series'),
    ),
    bugFrom: Type.Optional(words('First package with the bug; everything before it in the series is not affected')),
    notAffected: Type.Optional(Type.Boolean({ description: 'No package of this series has the bug' })),
    lacksUpTo: Type.Optional(
      words('Last package known to lack the fix; everything that it descends from lacks it too'),
    ),
    lacks: Type.Optional(
      Type.Array(words('A package'), {
        minItems: 1,
        description: 'Packages known to lack the fix, of which nothing follows for others',
      }),
    ),
    onlyUpload: Type.Optional(
      Type.Boolean({
        description:
          'Ubuntu only: the binary interfaces of `fixed` and `lacksUpTo` have these uploads and no others, so that `uname -r` alone places a kernel',
      }),
    ),
    never: Type.Optional(Type.Boolean({ description: 'No package of this series has the fix, and none will' })),
    knownFrom: words('Where that is known from: a changelog line, a source file with its tree, a record'),
  },
  closed,
);
export type VendorEntry = Static<typeof VendorEntrySchema>;

const value = Type.Union([Type.String(), Type.Boolean(), Type.Integer()]);

const FactTestSchema = Type.Object(
  {
    fact: words('The id of a fact'),
    is: Type.Optional(Type.Enum(['absent', 'present'])),
    oneOf: Type.Optional(Type.Array(value, { minItems: 1, description: 'In place of `is`: the values' })),
    because: words('What that shows, as part of a sentence'),
    ruledOutBy: Type.Optional(
      Type.Array(
        Type.Object(
          { fact: words('The id of a fact'), oneOf: Type.Array(value, { minItems: 1, description: 'The values' }) },
          closed,
        ),
        { minItems: 1, description: 'Where `fact` cannot be read: readings that show that it cannot be so' },
      ),
    ),
  },
  closed,
);
export type FactTest = Static<typeof FactTestSchema>;

function tests(description: string) {
  return Type.Optional(Type.Array(FactTestSchema, { minItems: 1, description }));
}

/**
 * One known kernel bug that hangs, panics or reboots machines, and where it is fixed: `policies/kernel-fixes/*.yaml`.
 */
export const KernelFixSchema = Type.Object(
  {
    fix: Type.String({
      pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
      description: 'The id, which is the name of the file; `fix.<id>` with _ for - is the fact',
    }),
    title: words('What the bug is, in one line'),
    wrong: words('What goes wrong'),
    symptom: Type.Array(words('A line of dmesg, or what an operator sees'), {
      minItems: 1,
      description: 'How it shows',
    }),
    trigger: words('What sets it off'),
    upstream: Type.Object(
      {
        commit: Type.Optional(
          commit('The commit in the main line; absent where it was not found, or where there is none'),
        ),
        subject: words('The subject of the commit, as the changelogs of packages have it'),
        mainlineBy: Type.Optional(
          Type.Object(
            {
              commit: commit('The commit in the main line'),
              subject: words('Its subject'),
            },
            {
              ...closed,
              description: 'Where `subject` is a patch of stable series only: what cured the main line',
            },
          ),
        ),
      },
      closed,
    ),
    introduced: Type.Optional(
      Type.Object(
        {
          commit: Type.Optional(commit('The commit that brought the bug in')),
          in: version('First version of the main line with the bug'),
          stable: Type.Optional(
            stableSeries('Stable series that took the bug in with a backport, and from which version'),
          ),
          allBackportsKnown: Type.Boolean({
            description: 'Whether `stable` is known to list every series that took it',
          }),
        },
        { ...closed, description: 'Where the bug came in; absent where that is not known' },
      ),
    ),
    affectedSince: Type.Optional(
      version('Oldest upstream version that is known to be affected, where `introduced` is not known'),
    ),
    fixed: Type.Object(
      {
        mainline: version('First version of the main line with the fix; without -rc where the candidate is not known'),
        stable: stableSeries('First version of each stable series with the fix'),
      },
      closed,
    ),
    never: Type.Optional(
      Type.Array(Type.String({ pattern: SERIES }), {
        minItems: 1,
        uniqueItems: true,
        description: 'Series of kernel.org that never got it',
      }),
    ),
    vendors: Type.Optional(
      Type.Object(
        {
          debian: Type.Optional(Type.Array(VendorEntrySchema, { minItems: 1 })),
          ubuntu: Type.Optional(Type.Array(VendorEntrySchema, { minItems: 1 })),
          rhel: Type.Optional(Type.Array(VendorEntrySchema, { minItems: 1 })),
          photon: Type.Optional(Type.Array(VendorEntrySchema, { minItems: 1 })),
          alibaba: Type.Optional(Type.Array(VendorEntrySchema, { minItems: 1 })),
        },
        { ...closed, description: "What is known of vendors' packages" },
      ),
    ),
    notAffected: tests('Who is not affected, and what shows it'),
    provesFixed: tests('What on a machine shows that its kernel has the fix'),
    provesMissing: tests('What on a machine shows that its kernel lacks the fix'),
    workaround: words('What helps without another kernel; `none documented` where nothing does'),
    doesNotCure: Type.Optional(words('What the fix leaves as it was')),
    followUps: Type.Optional(
      Type.Array(
        Type.Object(
          {
            fix: words('The id of another known fix'),
            how: Type.Enum(['brought', 'left'], {
              description: 'brought: this fix brought the bug that the other one ends; left: this fix was not enough',
            }),
          },
          closed,
        ),
        {
          minItems: 1,
          description: 'Fixes that had to come after this one; where this one is told as there, so is their state',
        },
      ),
    ),
    notFound: Type.Optional(
      Type.Array(words('Looked for and not found'), {
        minItems: 1,
        description: 'What nobody should read into this entry',
      }),
    ),
    confidence: Type.Enum(['high', 'medium'], {
      description:
        'high: read in source, changelog or record; medium: some of it is from one secondary source, or inferred',
    }),
    sources: Type.Array(Type.String({ pattern: '^https://[^\\s]+$' }), {
      minItems: 1,
      uniqueItems: true,
      description: 'Where it is known from',
    }),
    evidence: Type.Optional(Type.Array(words('A source tree or thread that has no stable address'), { minItems: 1 })),
  },
  { ...closed, title: 'A known kernel fix', $schema: 'https://json-schema.org/draft/2020-12/schema' },
);

export type KnownFix = Static<typeof KernelFixSchema>;
export type FollowUp = NonNullable<KnownFix['followUps']>[number];
