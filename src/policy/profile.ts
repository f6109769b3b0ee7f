import type { Diagnostic, Loaded } from '../model/diagnostic.js';
import type { RuleId, Severity } from '../model/verdict.js';
import { checkSchema } from '../text/schema.js';
import { suggest } from '../text/suggest.js';
import { readYaml, type Path, type YamlSource } from '../text/yaml.js';
import { fitsGlob } from './glob.js';
import type { TextFile } from './load.js';
import { rulesOf, type Policy, type Profile, type Rule } from './policy.js';
import { ProfileSchema, type ProfileText } from './schema.js';

interface Context {
  readonly source: YamlSource;
  readonly rules: readonly Rule[];
  readonly diagnostics: Diagnostic[];
}

const reportUnknown = ({ source, rules, diagnostics }: Context, path: Path, name: string, part: 'key' | 'value'): void => {
  const isPattern = name.includes('*');
  const near = isPattern ? undefined : suggest(name, rules.map(({ id }) => id));
  diagnostics.push({
    code: 'profile/unknown-rule',
    severity: 'error',
    message: isPattern ? `no loaded rule fits ${name}` : `there is no rule called ${name}`,
    ...source.placeOf(path, part),
    help: near === undefined ? 'kernward policy list shows every rule' : `did you mean ${near}?`,
  });
};

const matching = (context: Context, field: 'include' | 'exclude', patterns: readonly string[]): ReadonlySet<RuleId> => {
  const matched = new Set<RuleId>();
  for (const [index, pattern] of patterns.entries()) {
    const fitting = context.rules.filter(({ id }) => fitsGlob(pattern, id));
    if (fitting.length === 0) reportUnknown(context, [field, index], pattern, 'value');
    for (const { id } of fitting) matched.add(id);
  }
  return matched;
};

const loadProfile = (context: Context, text: ProfileText): Profile => {
  const included = matching(context, 'include', text.include);
  const excluded = matching(context, 'exclude', text.exclude ?? []);
  const severities = new Map<string, Severity>(Object.entries(text.severities ?? {}));
  const ids = new Set(context.rules.map(({ id }) => id));
  for (const id of severities.keys()) if (!ids.has(id)) reportUnknown(context, ['severities', id], id, 'key');
  const selected = context.rules.filter(({ id }) => included.has(id) && !excluded.has(id));
  return {
    id: text.profile,
    title: text.title,
    ...(text.description === undefined ? {} : { description: text.description.trim() }),
    file: context.source.file,
    rules: new Map(selected.map(({ id, severity }) => [id, severities.get(id) ?? severity])),
  };
};

/**
 * Reads profile files and looks up in the loaded policies what they name: a pattern that no rule fits, and a rule that
 * does not exist, are mistakes.
 *
 * @returns every mistake of every file at once, a value only where there is none
 */
export const loadProfiles = (files: readonly TextFile[], policies: readonly Policy[]): Loaded<ReadonlyMap<string, Profile>> => {
  const rules = rulesOf(policies);
  const diagnostics: Diagnostic[] = [];
  const profiles = new Map<string, Profile>();
  for (const { file, text } of files) {
    const yaml = readYaml(text, file);
    diagnostics.push(...yaml.diagnostics);
    if (yaml.value === undefined) continue;
    const checked = checkSchema(ProfileSchema, yaml.value);
    diagnostics.push(...checked.diagnostics);
    if (checked.value === undefined) continue;
    const profile = loadProfile({ source: yaml.value, rules, diagnostics }, checked.value);
    const first = profiles.get(profile.id);
    if (first === undefined) profiles.set(profile.id, profile);
    else
      diagnostics.push({
        code: 'profile/duplicate',
        severity: 'error',
        message: `a profile called ${profile.id} is already defined`,
        ...yaml.value.placeOf(['profile']),
        help: `in ${first.file}; give this one another name`,
      });
  }
  const isSound = diagnostics.every(({ severity }) => severity !== 'error');
  return { value: isSound ? profiles : undefined, diagnostics };
};
