import { createDiagnosticSink, toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYamlFile, type Path, type YamlSource } from '../../text/yaml/load.js';
import { isDay } from './days.js';
import { SupportSchema, type SupportData } from './schema.js';

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

/** The dates of support, one subject a file, in the order of the files; everything wrong with every file at once. */
export function loadSupport(files: readonly TextFile[]): Loaded<readonly SupportData[]> {
  const diagnostics = createDiagnosticSink();
  const value: SupportData[] = [];
  for (const file of files) {
    const source = diagnostics.take(readYamlFile(file));
    if (source === undefined) continue;
    const data = diagnostics.take(checkSchema(SupportSchema, source));
    if (data === undefined) continue;
    diagnostics.addAll(validateSupport(data, source));
    if (value.some((other) => other.support === data.support))
      diagnostics.add(
        at(source, ['support'], `there are two files about ${data.support}`, 'give each a name of its own'),
      );
    value.push(data);
  }
  return toLoaded(value, diagnostics.all());
}
