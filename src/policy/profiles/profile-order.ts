import type { Diagnostic } from '../../model/diagnostic.js';
import { suggest } from '../../text/suggest.js';
import type { YamlSource } from '../../text/yaml/load.js';
import type { ProfileText } from '../schema.js';

/** A profile's file that fits the schema. */
export interface ProfileFile {
  readonly source: YamlSource;
  readonly text: ProfileText;
}

function unknownBase({ source, text }: ProfileFile, names: readonly string[]): Diagnostic {
  const near = suggest(text.extends ?? '', names);
  return {
    code: 'profile/unknown-profile',
    severity: 'error',
    message: `there is no profile called ${text.extends}`,
    ...source.placeOf(['extends']),
    help: near === undefined ? `the profiles are ${names.join(', ')}` : `did you mean ${near}?`,
  };
}

/** Named of a circle. */
const MOST_NAMED = 10;

function circle({ source, text }: ProfileFile, through: readonly string[]): Diagnostic {
  const named = through.length > MOST_NAMED ? [...through.slice(0, MOST_NAMED), '…'] : through;
  return {
    code: 'profile/circle',
    severity: 'error',
    message: `the profile ${text.profile} extends itself: ${[text.profile, ...named].join(' extends ')}`,
    ...source.placeOf(['extends']),
    help: 'one of them must not extend another',
  };
}

/** What it extends, and what that extends, up to one that extends nothing, is not there, or has been met before. */
function ancestry(start: ProfileFile, byName: ReadonlyMap<string, ProfileFile>): readonly string[] {
  const met = new Set<string>();
  for (let at = start.text.extends; at !== undefined; at = byName.get(at)?.text.extends) {
    if (met.has(at)) return [...met, at];
    met.add(at);
    if (at === start.text.profile) break;
  }
  return [...met];
}

/** How many stand before each, one after another; none where there is no end. Each is walked over once. */
function depthsOf(byName: ReadonlyMap<string, ProfileFile>): ReadonlyMap<string, number | 'endless'> {
  const depths = new Map<string, number | 'endless'>();
  for (const name of byName.keys()) {
    const way = new Set<string>();
    let at: string | undefined = name;
    while (at !== undefined && !depths.has(at) && !way.has(at)) {
      way.add(at);
      at = byName.get(at)?.text.extends;
    }
    let depth: number | 'endless' = at === undefined ? -1 : (depths.get(at) ?? 'endless');
    for (const each of [...way].toReversed()) {
      if (depth !== 'endless') depth += 1;
      depths.set(each, depth);
    }
  }
  return depths;
}

function byNameOf(files: readonly ProfileFile[]): ReadonlyMap<string, ProfileFile> {
  return new Map(files.map((file) => [file.text.profile, file]));
}

/** Profiles that extend one that does not exist, or themselves. */
export function validateExtension(files: readonly ProfileFile[]): readonly Diagnostic[] {
  const byName = byNameOf(files);
  const depths = depthsOf(byName);
  return files.flatMap((file) => {
    const names = depths.get(file.text.profile) === 'endless' ? ancestry(file, byName) : [];
    return [
      ...(file.text.extends === undefined || byName.has(file.text.extends)
        ? []
        : [unknownBase(file, [...byName.keys()])]),
      ...(names.includes(file.text.profile) ? [circle(file, names)] : []),
    ];
  });
}

/**
 * The profiles, each after the one that it extends. One whose base does not exist comes as if it extended nothing, so
 * that what else is wrong with it shows; those of a circle are left out.
 */
export function inOrderOfExtension(files: readonly ProfileFile[]): readonly ProfileFile[] {
  const depths = depthsOf(byNameOf(files));
  return files
    .flatMap((file) => {
      const depth = depths.get(file.text.profile);
      return depth === undefined || depth === 'endless' ? [] : [{ file, depth }];
    })
    .toSorted((a, b) => a.depth - b.depth)
    .map(({ file }) => file);
}
