import type { Diagnostic, Loaded } from '../../model/diagnostic.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYamlFile, type Path, type YamlSource } from '../../text/yaml/load.js';
import { isDay } from './days.js';
import { SupportSchema, type SupportData } from './schema.js';
import { append } from '../../text/append.js';

function at(source: YamlSource, path: Path, message: string, help: string): Diagnostic {
  return {
    code: 'support/data',
    severity: 'error',
    message,
    ...source.placeOf(path),
    help,
  };
}

function validateSupport(data: SupportData, source: YamlSource): readonly Diagnostic[] {
  const days: readonly (readonly [Path, string | undefined])[] = [
    [['asOf'], data.asOf],
    ...data.releases.flatMap(({ ends, extended }, index): (readonly [Path, string | undefined])[] => [
      [['releases', index, 'ends'], ends],
      [['releases', index, 'extended'], extended],
    ]),
  ];
  return [
    ...days.flatMap(([path, day]) =>
      day === undefined || isDay(day) ? [] : [at(source, path, `${day} is no day of the calendar`, 'write YYYY-MM-DD')],
    ),
    ...((data.kernel === undefined) === (data.distribution === undefined)
      ? [
          at(
            source,
            ['support'],
            `${data.support} must say either kernel or distribution`,
            'one file is about one of them',
          ),
        ]
      : []),
    ...data.releases.flatMap(({ release, ends, extended }, index) => [
      ...(data.releases.findIndex((other) => other.release === release) < index
        ? [at(source, ['releases', index, 'release'], `${release} stands here twice`, 'take one of them away')]
        : []),
      ...(extended !== undefined && (ends === undefined || extended <= ends)
        ? [
            at(
              source,
              ['releases', index, 'extended'],
              'extended support ends after support',
              'swap the two, or take one of them away',
            ),
          ]
        : []),
    ]),
  ];
}

/** The dates of support, one subject a file, in the order of the files; every mistake of every file at once. */
export function loadSupport(files: readonly TextFile[]): Loaded<readonly SupportData[]> {
  const diagnostics: Diagnostic[] = [];
  const value: SupportData[] = [];
  for (const file of files) {
    const yaml = readYamlFile(file);
    append(diagnostics, yaml.diagnostics);
    if (yaml.value === undefined) continue;
    const checked = checkSchema(SupportSchema, yaml.value);
    append(diagnostics, checked.diagnostics);
    if (checked.value === undefined) continue;
    append(diagnostics, validateSupport(checked.value, yaml.value));
    const { support } = checked.value;
    if (value.some((other) => other.support === support))
      diagnostics.push(
        at(yaml.value, ['support'], `there are two files about ${support}`, 'give each a name of its own'),
      );
    value.push(checked.value);
  }
  return { value: diagnostics.some(({ severity }) => severity === 'error') ? undefined : value, diagnostics };
}
