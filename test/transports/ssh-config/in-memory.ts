import type { LocalUser } from '../../../src/transports/ssh-config/expand.js';
import { rootFiles, type ConfigFiles, type RootFile } from '../../../src/transports/ssh-config/files.js';
import { parseSshConfig, parseSshOptions } from '../../../src/transports/ssh-config/parse/parse.js';
import { resolveSshConfig, type SshQuery } from '../../../src/transports/ssh-config/resolve.js';
import type { Loaded } from '../../../src/model/diagnostic.js';
import type { ResolvedSshConfig } from '../../../src/transports/ssh-config/resolved.js';

export const ALICE: LocalUser = {
  name: 'alice',
  uid: 1000,
  home: '/home/alice',
  machine: 'laptop.example',
  environment: { HOME: '/home/alice', TEAM: 'blue' },
};

/** A disk of these files. */
export function filesOf(texts: Readonly<Record<string, string>>): ConfigFiles {
  const paths = Object.keys(texts);
  return {
    read: (path) => {
      const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
      return text === undefined
        ? { read: 'missing' }
        : text === 'REFUSED'
          ? { read: 'refused', detail: 'everybody can write to it' }
          : { read: 'text', text };
    },
    list: (directory) => [
      ...new Set(
        paths
          .filter((path) => path.startsWith(`${directory}/`))
          .map((path) => path.slice(directory.length + 1).split('/')[0] ?? ''),
      ),
    ],
    exists: (path) => paths.some((other) => other === path || other.startsWith(`${path}/`)),
  };
}

/** What a host's configuration is, with the files of a home directory and of the system. */
export function resolveIn(
  texts: Readonly<Record<string, string>>,
  asked: SshQuery | string,
  options: readonly string[] = [],
  roots: readonly RootFile[] = rootFiles(ALICE.home),
): Loaded<ResolvedSshConfig> {
  const query = typeof asked === 'string' ? { host: asked } : asked;
  const parsed = parseSshConfig(roots, filesOf(texts), ALICE);
  const given = parseSshOptions(options, '-o', ALICE);
  if (parsed.value === undefined || given.value === undefined)
    return { value: undefined, diagnostics: [...parsed.diagnostics, ...given.diagnostics] };
  return resolveSshConfig(parsed.value, { ...query, options: given.value }, ALICE);
}
