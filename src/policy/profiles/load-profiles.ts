import { defined } from '../../language/defined.js';
import {
  createDiagnosticSink,
  toLoaded,
  type Diagnostic,
  type DiagnosticSink,
  type Loaded,
} from '../../model/diagnostic.js';
import type { Readings } from '../../model/reading.js';
import type { RuleId, Severity } from '../../model/verdict.js';
import { checkSchema } from '../../text/schema.js';
import { suggest } from '../../text/suggest.js';
import { readYamlFile, type Path, type YamlSource } from '../../text/yaml/load.js';
import { validateConflicts } from './conflicts.js';
import { matchesWildcard } from '../../text/wildcard.js';
import type { TextFile } from '../../text/text-file.js';
import { chosenReadings } from '../parameters.js';
import { allRules, type Policy, type Profile, type Rule } from '../policy.js';
import { inOrderOfExtension, validateExtension, type ProfileFile } from './profile-order.js';
import { ProfileSchema, type ProfileText } from '../schema.js';

interface Context {
  readonly source: YamlSource;
  readonly policies: readonly Policy[];
  readonly rules: readonly Rule[];
  readonly diagnostics: DiagnosticSink;
}

function reportUnknown({ source, rules, diagnostics }: Context, path: Path, name: string, part: 'key' | 'value'): void {
  const isPattern = name.includes('*');
  const near = isPattern
    ? undefined
    : suggest(
        name,
        rules.map(({ id }) => id),
      );
  diagnostics.add({
    code: 'profile/unknown-rule',
    severity: 'error',
    message: isPattern ? `no loaded rule fits ${name}` : `there is no rule called ${name}`,
    ...source.placeOf(path, part),
    help: near === undefined ? 'kernward policy list shows every rule' : `did you mean ${near}?`,
  });
}

function matching(context: Context, field: 'include' | 'exclude', patterns: readonly string[]): ReadonlySet<RuleId> {
  const matched = new Set<RuleId>();
  for (const [index, pattern] of patterns.entries()) {
    const isPattern = pattern.includes('*');
    const fitting = context.rules.filter(({ id }) => (isPattern ? matchesWildcard(pattern, id) : id === pattern));
    if (fitting.length === 0) reportUnknown(context, [field, index], pattern, 'value');
    for (const { id } of fitting) matched.add(id);
  }
  return matched;
}

function parametersOf(context: Context, text: ProfileText, base: Profile | undefined): Profile['parameters'] {
  const chosen = chosenReadings(text.parameters ?? {}, { ...context, profile: text.profile });
  const policies = new Set([...(base?.parameters.keys() ?? []), ...chosen.keys()]);
  return new Map(
    [...policies].map((id) => [id, new Map([...(base?.parameters.get(id) ?? []), ...(chosen.get(id) ?? [])])]),
  );
}

/** A requirement that the parameters of a profile decide alone would be a pass, or a fail, without evidence. */
function checkEvidence(
  { source, diagnostics }: Context,
  rules: readonly Rule[],
  parameters: ReadonlyMap<string, Readings>,
): void {
  for (const { id, policy, parameters: defaults, requires } of rules) {
    const chosen = parameters.get(policy);
    if (chosen === undefined) continue;
    if (!requires.evaluate(new Map([...defaults, ...chosen])).decided) continue;
    const message = `with these parameters the rule ${id} has the same answer on every host, whatever its facts`;
    diagnostics.add({
      code: 'profile/no-evidence',
      severity: 'error',
      message,
      ...source.placeOf(['parameters', policy], 'key'),
      help: 'exclude the rule where it is not wanted',
    });
  }
}

function loadProfile(context: Context, text: ProfileText, base: Profile | undefined): Profile {
  const included = matching(context, 'include', text.include ?? []);
  const excluded = matching(context, 'exclude', text.exclude ?? []);
  const severities = new Map<string, Severity>(Object.entries(text.severities ?? {}));
  const ids = new Set(context.rules.map(({ id }) => id));
  for (const id of severities.keys()) if (!ids.has(id)) reportUnknown(context, ['severities', id], id, 'key');
  const selected = context.rules.filter(
    ({ id }) => (included.has(id) || base?.rules.has(id) === true) && !excluded.has(id),
  );
  const parameters = parametersOf(context, text, base);
  checkEvidence(context, selected, parameters);
  return {
    id: text.profile,
    title: text.title,
    ...defined({ description: text.description?.trim() }),
    file: context.source.file,
    rules: new Map(selected.map(({ id, severity }) => [id, severities.get(id) ?? base?.rules.get(id) ?? severity])),
    parameters,
    labels: text.labels ?? {},
  };
}

function validateSelection({ source, text }: ProfileFile): readonly Diagnostic[] {
  if (text.include !== undefined || text.extends !== undefined) return [];
  return [
    {
      code: 'profile/selects-nothing',
      severity: 'error',
      message: `the profile ${text.profile} has neither include nor extends`,
      ...source.placeOf(['profile']),
      help: 'add include: ["*"], or extends: stay-up',
    },
  ];
}

function duplicate({ source, text }: ProfileFile, first: ProfileFile): Diagnostic {
  return {
    code: 'profile/duplicate',
    severity: 'error',
    message: `a profile called ${text.profile} is already defined`,
    ...source.placeOf(['profile']),
    help: `in ${first.source.file}; give this one another name`,
  };
}

/**
 * Reads profile files and looks up in the loaded policies what they name: a pattern that no rule fits, a rule, a
 * parameter or a profile that does not exist, is an error.
 *
 * @returns everything that is wrong with every file at once, a value only where there is none; in the order of the
 *   files
 */
export function loadProfiles(
  files: readonly TextFile[],
  policies: readonly Policy[],
): Loaded<ReadonlyMap<string, Profile>> {
  const rules = allRules(policies);
  const diagnostics = createDiagnosticSink();
  const byName = new Map<string, ProfileFile>();
  for (const file of files) {
    const source = diagnostics.take(readYamlFile(file));
    const text = source && diagnostics.take(checkSchema(ProfileSchema, source));
    if (source === undefined || text === undefined) continue;
    const one = { source, text };
    const first = byName.get(text.profile);
    diagnostics.addAll(validateSelection(one));
    if (first === undefined) byName.set(text.profile, one);
    else diagnostics.add(duplicate(one, first));
  }
  const read = [...byName.values()];
  diagnostics.addAll(validateExtension(read));
  const loaded = new Map<string, Profile>();
  for (const { source, text } of inOrderOfExtension(read))
    loaded.set(
      text.profile,
      loadProfile({ source, policies, rules, diagnostics }, text, loaded.get(text.extends ?? '')),
    );
  diagnostics.addAll(
    validateConflicts(
      rules,
      read.map(({ text }) => text.profile),
    ),
  );
  const inFileOrder = read.flatMap(({ text }) => loaded.get(text.profile) ?? []);
  return toLoaded(new Map(inFileOrder.map((profile) => [profile.id, profile])), diagnostics.all());
}
