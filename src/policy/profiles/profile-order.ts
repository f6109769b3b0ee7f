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

function circle({ source, text }: ProfileFile, through: readonly string[]): Diagnostic {
  return {
    code: 'profile/circle',
    severity: 'error',
    message: `the profile ${text.profile} extends itself: ${[text.profile, ...through].join(' extends ')}`,
    ...source.placeOf(['extends']),
    help: 'one of them must not extend another',
  };
}

/** What it extends, and what that extends, up to one that extends nothing, is not there, or has been met before. */
function ancestry(start: ProfileFile, byName: ReadonlyMap<string, ProfileFile>): readonly string[] {
  const names: string[] = [];
  for (let at = start.text.extends; at !== undefined; at = byName.get(at)?.text.extends) {
    names.push(at);
    if (at === start.text.profile || names.indexOf(at) < names.length - 1) break;
  }
  return names;
}

function byNameOf(files: readonly ProfileFile[]): ReadonlyMap<string, ProfileFile> {
  return new Map(files.map((file) => [file.text.profile, file]));
}

/** Profiles that extend one that does not exist, or themselves. */
export function validateExtension(files: readonly ProfileFile[]): readonly Diagnostic[] {
  const byName = byNameOf(files);
  return files.flatMap((file) => {
    const names = ancestry(file, byName);
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
  const byName = byNameOf(files);
  const depths = files.flatMap((file) => {
    const names = ancestry(file, byName);
    return new Set(names).size < names.length || names.includes(file.text.profile)
      ? []
      : [{ file, depth: names.length }];
  });
  return depths.toSorted((a, b) => a.depth - b.depth).map(({ file }) => file);
}
