import { defined } from '../../language/defined.js';
import type { Diagnostic } from '../../model/diagnostic.js';
import { FACTS } from '../../facts/index.js';
import { suggest } from '../../text/suggest.js';
import type { Path, YamlSource } from '../../text/yaml/load.js';
import { TABLE_VENDORS, type KnownFix, type TableVendor, type VendorEntry } from './schema.js';
import { VENDOR_TABLES } from './vendor-tables.js';
import { compareUpstream, parseUpstream } from '../versions/upstream.js';

interface FixProblem {
  readonly code: 'fix/file-name' | 'fix/version' | 'fix/order' | 'fix/test' | 'fix/unknown-fact' | 'fix/unknown-fix';
  readonly path: Path;
  readonly message: string;
  readonly help?: string;
}

function stableProblems(
  name: string,
  at: Path,
  stable: Readonly<Record<string, string>>,
  mainline: string,
): readonly FixProblem[] {
  return Object.entries(stable).flatMap(([series, version]): readonly FixProblem[] => {
    const path = [...at, series];
    const parsed = parseUpstream(version);
    if (parsed === undefined || parsed.series !== series || parsed.isMainline)
      return [{ code: 'fix/version', path, message: `${version} is not a stable version of the ${series} series` }];
    const ofMainline = parseUpstream(mainline);
    if (
      ofMainline !== undefined &&
      compareUpstream(`${series}${series.startsWith('2.6.') ? '' : '.0'}`, mainline) === 1
    ) {
      return [
        {
          code: 'fix/order',
          path,
          message: `the ${series} series began after ${mainline} and has what it ${name} from the start`,
        },
      ];
    }
    return [];
  });
}

function introducedProblems({ introduced, fixed }: KnownFix): readonly FixProblem[] {
  if (introduced === undefined) return [];
  const { stable = {} } = introduced;
  const order =
    compareUpstream(introduced.in, fixed.mainline) === -1
      ? []
      : [
          {
            code: 'fix/order',
            path: ['introduced', 'in'],
            message: `${introduced.in} is not before ${fixed.mainline}, which has the fix`,
          } as const,
        ];
  const late = Object.entries(stable).flatMap(([series, version]): readonly FixProblem[] => {
    const first = fixed.stable[series];
    // A series may take the change and its correction in one release.
    if (first === undefined || (compareUpstream(version, first) ?? 1) <= 0) return [];
    return [
      {
        code: 'fix/order',
        path: ['introduced', 'stable', series],
        message: `${version} is after ${first}, which has the fix`,
      },
    ];
  });
  return [...order, ...stableProblems('introduces', ['introduced', 'stable'], stable, introduced.in), ...late];
}

function neverProblems({ never = [], fixed }: KnownFix): readonly FixProblem[] {
  return never.flatMap((series, index): readonly FixProblem[] => {
    const path = ['never', index];
    if (fixed.stable[series] !== undefined)
      return [
        { code: 'fix/order', path, message: `the ${series} series cannot both have the fix and never have got it` },
      ];
    return compareUpstream(series, fixed.mainline) === -1
      ? []
      : [{ code: 'fix/order', path, message: `the ${series} series has the fix of ${fixed.mainline} from the start` }];
  });
}

function entryProblems(vendor: TableVendor, entry: VendorEntry, at: Path): readonly FixProblem[] {
  const { compare, parses } = VENDOR_TABLES[vendor];
  const versions: readonly (readonly [string, string])[] = (['fixed', 'from', 'bugFrom', 'lacksUpTo'] as const).flatMap(
    (key) => (entry[key] === undefined ? [] : [[key, entry[key]]]),
  );
  const listed = (entry.lacks ?? []).map((version, index) => [['lacks', index], version] as const);
  const wrong = [...versions.map(([key, version]) => [[key], version] as const), ...listed].flatMap(
    ([key, version]): readonly FixProblem[] => {
      const path = [...at, ...key];
      if (!parses(version))
        return [{ code: 'fix/version', path, message: `${version} is not how ${vendor} numbers a kernel` }];
      return version.startsWith(`${entry.series}.`) || version.startsWith(`${entry.series}-`)
        ? []
        : [{ code: 'fix/version', path, message: `${version} is not of the ${entry.series} series` }];
    },
  );
  const later = (['from', 'bugFrom', 'lacksUpTo'] as const).flatMap((key): readonly FixProblem[] => {
    const earlier = entry[key];
    if (earlier === undefined || entry.fixed === undefined || compare(earlier, entry.fixed) === -1) return [];
    return [
      { code: 'fix/order', path: [...at, key], message: `${earlier} is not before ${entry.fixed}, which has the fix` },
    ];
  });
  const saysOfTheBug =
    entry.fixed ?? entry.bugFrom ?? entry.lacksUpTo ?? entry.lacks ?? (entry.never === true || undefined);
  const saysNothing = saysOfTheBug === undefined && entry.notAffected !== true;
  const contradicts = saysOfTheBug !== undefined && entry.notAffected === true;
  const needsFixed = entry.earlierLack === true && entry.fixed === undefined;
  return [
    ...wrong,
    ...later,
    ...(saysNothing
      ? [
          {
            code: 'fix/version',
            path: at,
            message: 'an entry needs one of fixed, bugFrom, lacksUpTo, lacks, never and notAffected',
          } as const,
        ]
      : []),
    ...(contradicts
      ? [
          {
            code: 'fix/order',
            path: [...at, 'notAffected'],
            message: 'an entry that says that no package has the bug says nothing else of it',
          } as const,
        ]
      : []),
    ...(needsFixed
      ? [
          {
            code: 'fix/version',
            path: [...at, 'earlierLack'],
            message: 'earlierLack is said of what is before `fixed`, which is not given',
          } as const,
        ]
      : []),
    ...((vendor === 'rhel') === (entry.el !== undefined)
      ? []
      : [
          {
            code: 'fix/version',
            path: at,
            message: vendor === 'rhel' ? 'an entry of Red Hat needs el' : 'only an entry of Red Hat has el',
          } as const,
        ]),
  ];
}

function vendorProblems({ vendors }: KnownFix): readonly FixProblem[] {
  return TABLE_VENDORS.flatMap((vendor) =>
    (vendors?.[vendor] ?? []).flatMap((entry, index) => entryProblems(vendor, entry, ['vendors', vendor, index])),
  );
}

const FACT_IDS = FACTS.map(({ id }) => id);

function unknownFact(id: string, path: Path): readonly FixProblem[] {
  if (FACT_IDS.includes(id)) return [];
  const near = suggest(id, FACT_IDS);
  return [
    {
      code: 'fix/unknown-fact',
      path,
      message: `there is no fact called ${id}`,
      help: near === undefined ? 'see docs/reference/facts.md for the list' : `did you mean ${near}?`,
    },
  ];
}

function testProblems(fix: KnownFix): readonly FixProblem[] {
  return (['notAffected', 'provesFixed', 'provesMissing'] as const).flatMap((key) =>
    (fix[key] ?? []).flatMap((test, index): readonly FixProblem[] => [
      ...unknownFact(test.fact, [key, index, 'fact']),
      ...(test.ruledOutBy ?? []).flatMap(({ fact }, at) => unknownFact(fact, [key, index, 'ruledOutBy', at, 'fact'])),
      ...((test.is === undefined) === (test.oneOf === undefined)
        ? [{ code: 'fix/test', path: [key, index], message: 'a test needs either is or oneOf' } as const]
        : []),
    ]),
  );
}

function nameProblems(fix: KnownFix, file: string): readonly FixProblem[] {
  return (file.split('/').at(-1) ?? '') === `${fix.fix}.yaml`
    ? []
    : [{ code: 'fix/file-name', path: ['fix'], message: `the file of ${fix.fix} must be called ${fix.fix}.yaml` }];
}

/** Whether the follow-ups of a fix lead back to it. */
function leadsBack(id: string, to: string, fixes: readonly KnownFix[], passed: ReadonlySet<string>): boolean {
  if (id === to) return true;
  if (passed.has(id)) return false;
  const next = fixes.find(({ fix }) => fix === id)?.followUps ?? [];
  return next.some(({ fix }) => leadsBack(fix, to, fixes, new Set([...passed, id])));
}

function followUpProblems(
  { fix: own, followUps = [] }: KnownFix,
  fixes: readonly KnownFix[],
  ids: readonly string[],
): readonly FixProblem[] {
  return followUps.flatMap(({ fix: id }, index): readonly FixProblem[] => {
    const path = ['followUps', index, 'fix'];
    if (!ids.includes(id)) {
      const near = suggest(id, ids);
      return [
        {
          code: 'fix/unknown-fix',
          path,
          message: `there is no known fix ${id}`,
          help: near === undefined ? 'see kernward fix list' : `did you mean ${near}?`,
        },
      ];
    }
    return leadsBack(id, own, fixes, new Set())
      ? [{ code: 'fix/order', path, message: `what came after ${own} leads back to ${own}` }]
      : [];
  });
}

function toDiagnostics(problems: readonly FixProblem[], source: YamlSource): readonly Diagnostic[] {
  return problems.map(({ code, path, message, help }) => ({
    code,
    severity: 'error',
    message,
    ...source.placeOf(path),
    ...defined({ help }),
  }));
}

/**
 * What can be seen only beside the other fixes: follow-ups that are not there, or that go round in a circle.
 *
 * @param ids of every fix, also of those whose file is wrong
 */
export function validateFollowUps(
  fix: KnownFix,
  source: YamlSource,
  fixes: readonly KnownFix[],
  ids: readonly string[],
): readonly Diagnostic[] {
  return toDiagnostics(followUpProblems(fix, fixes, ids), source);
}

function textProblems(fix: KnownFix): readonly FixProblem[] {
  return [
    ...introducedProblems(fix),
    ...stableProblems('fixes', ['fixed', 'stable'], fix.fixed.stable, fix.fixed.mainline),
    ...neverProblems(fix),
    ...vendorProblems(fix),
    ...testProblems(fix),
  ];
}

/**
 * What a schema cannot see: versions that do not parse in their scheme, fixes before their bugs, a file under another
 * name. Of a text that the build found sound, only the name.
 */
export function validateFixes(fix: KnownFix, source: YamlSource): readonly Diagnostic[] {
  const ofText = source.isChecked === true ? [] : textProblems(fix);
  return toDiagnostics([...nameProblems(fix, source.file), ...ofText], source);
}
