import type { Static } from 'typebox';
import { defined } from '../../language/defined.js';
import { createDiagnosticSink, toLoaded, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import { OCCASIONS } from '../../model/news.js';
import { clean } from '../../text/clean.js';
import { checkSchema } from '../../text/schema.js';
import type { TextFile } from '../../text/text-file.js';
import { readYaml, type Path, type YamlSource } from '../../text/yaml/load.js';
import { discreetTargets, shownTargets } from './discreet.js';
import { TargetsSchema, WAY_NAMES } from './schema.js';
import type { SecretPlace, NotifyTarget, TellingWay } from './target.js';

type Written = Static<typeof TargetsSchema>['targets'][string];
type WrittenSecret = NonNullable<Written['slack']>['url'];
type Code = 'notify/duplicate' | 'notify/way' | 'notify/secret' | 'notify/tls' | 'notify/port' | 'notify/name';

const DEFAULT_SECONDS = 20;
const MAX_NAME = 100;

function problem(code: Code, source: YamlSource, path: Path, message: string, help: string): Diagnostic {
  return { code, severity: 'error', message, ...source.placeOf(path), help };
}

/** Names that lead to this machine and to no other. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

interface Reader {
  readonly source: YamlSource;
  readonly path: Path;
  readonly report: (diagnostic: Diagnostic) => void;
  /** Relative to the file that names it. */
  readonly beside: (file: string) => string;
}

function secretAt({ source, path, report, beside }: Reader, written: WrittenSecret, ...at: Path): SecretPlace {
  const place = [...path, ...at];
  const position = source.positionOf(place);
  if ((written.file === undefined) === (written.env === undefined))
    report(
      problem(
        'notify/secret',
        source,
        place,
        'where the secret stands is said once',
        'write { file: /etc/kernward/slack-url } or { env: SLACK_URL }',
      ),
    );
  return written.env === undefined
    ? { kind: 'file', file: beside(written.file ?? ''), at: position }
    : { kind: 'env', variable: written.env, at: position };
}

function authorities(reader: Reader, ca: string | undefined): { readonly ca?: SecretPlace } {
  return ca === undefined
    ? {}
    : { ca: { kind: 'file', file: reader.beside(ca), at: reader.source.positionOf([...reader.path, 'ca']) } };
}

function milliseconds(seconds = DEFAULT_SECONDS): number {
  return seconds * 1000;
}

function httpWay(reader: Reader, { url, proxy, ca, timeout }: NonNullable<Written['slack']>) {
  return {
    url: secretAt(reader, url, 'url'),
    ...defined({ proxy }),
    ...authorities(reader, ca),
    timeoutMs: milliseconds(timeout),
  };
}

const PORTS = { starttls: 587, implicit: 465, none: 25 } as const;

function mailWay(reader: Reader, written: NonNullable<Written['mail']>): TellingWay {
  const { server, tls = 'starttls', from, to, user, password, ca, page, timeout } = written;
  const { source, path, report } = reader;
  const [, bracketed, bare = '', port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
  const host = bracketed ?? bare;
  const number = port === undefined ? PORTS[tls] : Number(port);
  if (number < 1 || number > 65_535)
    report(problem('notify/port', source, [...path, 'server'], `${port} is no port`, 'write a number from 1 to 65535'));
  if (tls === 'none' && !isThisMachine(host))
    report(
      problem(
        'notify/tls',
        source,
        [...path, 'tls'],
        `without TLS the report would go to ${clean(host, 100)} in clear`,
        'leave it out (starttls), write implicit, or send to a relay on this machine: localhost',
      ),
    );
  if ((user === undefined) !== (password === undefined))
    report(
      problem(
        'notify/secret',
        source,
        path,
        'a login is a user and a password',
        'write both: user: NAME and password: { file: FILE }, or neither',
      ),
    );
  return {
    kind: 'mail',
    host,
    port: number,
    tls,
    from,
    to,
    ...defined({ user }),
    ...(password === undefined ? {} : { password: secretAt(reader, password, 'password') }),
    ...authorities(reader, ca),
    hasPage: page ?? true,
    timeoutMs: milliseconds(timeout),
  };
}

function wayOf(reader: Reader, written: Written): TellingWay | undefined {
  const { slack, teams, webhook, mail, command } = written;
  const at = (name: string): Reader => ({ ...reader, path: [...reader.path, name] });
  if (slack !== undefined) return { kind: 'slack', ...httpWay(at('slack'), slack) };
  if (teams !== undefined) return { kind: 'teams', ...httpWay(at('teams'), teams) };
  if (webhook !== undefined) {
    const inWay = at('webhook');
    return {
      kind: 'webhook',
      ...httpWay(inWay, webhook),
      headers: new Map(
        Object.entries(webhook.headers ?? {}).map(([name, secret]) => [name, secretAt(inWay, secret, 'headers', name)]),
      ),
    };
  }
  if (mail !== undefined) return mailWay(at('mail'), mail);
  const [program, ...args] = command?.run ?? [];
  return program === undefined
    ? undefined
    : { kind: 'command', run: [program, ...args], timeoutMs: milliseconds(command?.timeout) };
}

function targetsOf(
  source: YamlSource,
  reader: Omit<Reader, 'source' | 'path'>,
  written: Readonly<Record<string, Written>>,
) {
  return Object.entries(written).flatMap(([name, target]): readonly NotifyTarget[] => {
    const path = ['targets', name];
    if (clean(name, MAX_NAME) !== name)
      reader.report(
        problem(
          'notify/name',
          source,
          path,
          `${clean(name, MAX_NAME)} is no name to remember something by`,
          `use at most ${MAX_NAME} letters that can be seen`,
        ),
      );
    const ways = WAY_NAMES.filter((each) => target[each] !== undefined);
    if (ways.length !== 1)
      reader.report(
        problem(
          'notify/way',
          source,
          path,
          ways.length === 0 ? `${clean(name, 80)} says no way` : `${clean(name, 80)} says ${ways.join(' and ')}`,
          `give each target one of ${WAY_NAMES.join(', ')}`,
        ),
      );
    const way = wayOf({ ...reader, source, path }, target);
    return way === undefined ? [] : [{ name, tell: new Set(target.tell ?? OCCASIONS), way }];
  });
}

/**
 * Every target of every file; everything that is wrong with all files at once. No secret is read.
 *
 * @param beside a file as a file names it: relative to the folder of the one that does
 */
export function loadTargets(
  files: readonly TextFile[],
  beside: (named: string, by: string) => string,
): Loaded<readonly NotifyTarget[]> {
  const diagnostics = createDiagnosticSink();
  const places = new Map<string, string>();
  const targets = files.flatMap(({ file, text }) => {
    const read = diagnostics.take(readYaml(text, file, { show: () => shownTargets(text) }));
    if (read === undefined) return [];
    const { source, diagnostics: secrets } = discreetTargets(read);
    diagnostics.addAll(secrets);
    const written = diagnostics.take(checkSchema(TargetsSchema, source));
    if (written === undefined) return [];
    const found = targetsOf(
      source,
      { report: (each) => diagnostics.add(each), beside: (named) => beside(named, file) },
      written.targets,
    );
    for (const { name } of found) {
      const other = places.get(name);
      if (other !== undefined)
        diagnostics.addAll([
          problem(
            'notify/duplicate',
            source,
            ['targets', name],
            `there are two targets ${clean(name, 80)}`,
            `the other one stands in ${clean(other)}; give each a name of its own`,
          ),
        ]);
      places.set(name, file);
    }
    return found;
  });
  return toLoaded(targets, diagnostics.all());
}
