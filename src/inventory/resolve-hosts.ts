import type { Diagnostic } from '../model/diagnostic.js';
import { clean } from '../text/clean.js';
import { TRANSPORT_NAMES } from '../model/host.js';
import type { Host, HostId } from '../model/host.js';
import { defined } from '../language/defined.js';
import { memoize } from '../language/memoize.js';
import { besideFile } from './beside-file.js';
import type { DefinedHost } from './define-hosts.js';
import { problemAt } from './diagnostics.js';
import type { GroupTree } from './group-tree.js';
import { inherit, getLabels } from './inherit.js';
import type { Disagreement, Inherited } from './inherit.js';
import { placeWords, settingWords } from './settings.js';
import type { Setting, Settings } from './settings.js';
import { sshOptionProblem } from './ssh-options.js';
import { append } from '../text/append.js';

function textOf(setting: Setting | undefined): string | undefined {
  return typeof setting?.value === 'string' ? setting.value : undefined;
}
function listOf(setting: Setting | undefined): readonly string[] {
  return Array.isArray(setting?.value) ? setting.value : [];
}

function hostOf({ name, entry }: DefinedHost, settings: Settings, groups: readonly string[]): Host {
  const transport = TRANSPORT_NAMES.find((known) => known === settings.get('transport')?.value) ?? 'auto';
  const port = settings.get('port')?.value;
  const user = textOf(settings.get('user'));
  const profile = textOf(settings.get('profile'));
  const recorded = settings.get('recording');
  const recording =
    typeof recorded?.value === 'string' ? besideFile(recorded.value, recorded.where.source.file) : undefined;
  const proxyJump = textOf(settings.get('proxyJump'));
  const proxyCommand = textOf(settings.get('proxyCommand'));
  const sshOptions = listOf(settings.get('sshOptions'));
  return {
    name,
    address: entry.address ?? name,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...defined({ user }),
    identityFiles: listOf(settings.get('identityFile')),
    ...defined({ profile }),
    groups,
    labels: getLabels(settings),
    transport,
    ...defined({ recording, proxyJump, proxyCommand }),
    ...(sshOptions.length === 0 ? {} : { sshOptions }),
    ...(settings.get('become')?.value === 'sudo' ? { become: 'sudo' } : {}),
    at: entry.where.source.positionOf(entry.where.path),
  };
}

/**
 * `recorded` without a recording has nothing to read; a recording without a transport would be passed over in silence.
 */
function recordingProblem(host: DefinedHost, settings: Settings): Diagnostic | undefined {
  const recording = settings.get('recording');
  const transport = settings.get('transport');
  if (transport?.value === 'recorded' && recording === undefined) {
    return problemAt(
      host.entry.where,
      'value',
      'inventory/recording',
      `${host.name} has the transport recorded and no recording`,
      'name the file with the saved probe output: recording',
    );
  }
  if (transport === undefined && recording !== undefined) {
    return problemAt(
      recording.where,
      'value',
      'inventory/recording',
      `${host.name} has a recording and no transport that reads it`,
      'add transport: recorded',
    );
  }
  return undefined;
}

function isSet(setting: Setting | undefined): setting is Setting {
  return setting !== undefined && setting.value !== 'none';
}

/** Two ways to one host. */
function proxyProblem(host: DefinedHost, settings: Settings): Diagnostic | undefined {
  const [jump, command] = [settings.get('proxyJump'), settings.get('proxyCommand')];
  if (!isSet(jump) || !isSet(command)) return undefined;
  return problemAt(
    command.where,
    'value',
    'inventory/proxy',
    `${host.name} has a proxyCommand, and a proxyJump at ${placeWords(jump.where)}`,
    'only one of them can lead to the host: set the other to none where both are inherited',
  );
}

/** Once for each place that sets them, however many hosts inherit it. */
function sshOptionProblems(setting: Setting | undefined, seen: Set<Setting>): readonly Diagnostic[] {
  if (setting === undefined || seen.has(setting)) return [];
  seen.add(setting);
  return listOf(setting).flatMap((option) => {
    const problem = sshOptionProblem(option);
    return problem === undefined
      ? []
      : [
          problemAt(
            setting.where,
            'value',
            'inventory/ssh-option',
            `${clean(option, 80)} cannot stand among the options of ssh`,
            problem,
          ),
        ];
  });
}

interface Complaint extends Disagreement {
  readonly host: HostId;
  hosts: number;
}

/** One for each pair of groups and setting, however many hosts they share. */
function ambiguous({ setting, first, second, groups, host, hosts }: Complaint): Diagnostic {
  const others = hosts > 1 ? ` (and ${hosts - 1} more)` : '';
  const message = `${host}${others} is in ${groups[0]} and in ${groups[1]}, which give ${settingWords(setting)} different values; the other is at ${placeWords(first.where)}`;
  return problemAt(
    second.where,
    'value',
    'inventory/ambiguous',
    message,
    'neither group is within the other: say it at the host, or put one group into the other',
  );
}

/** What hosts of the same groups inherit is worked out once. */
function inheriting(tree: GroupTree, defaults: Settings): (memberOf: ReadonlySet<string>) => Inherited {
  const byNames = memoize(
    (memberOf: ReadonlySet<string>) => inherit(memberOf, tree, defaults),
    (memberOf) => [...memberOf].sort().join(' '),
  );
  // Most hosts share the very set.
  return memoize(byNames);
}

function over(outer: Settings, own: Settings): Settings {
  if (own.size === 0) return outer;
  return outer.size === 0 ? own : new Map([...outer, ...own]);
}

export interface ResolvedHosts {
  readonly hosts: readonly Host[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives every host what it inherits.
 *
 * @param isElseSound nothing else is wrong; otherwise a missing transport or recording may be missing only because of
 *   it
 */
export function resolveHosts(
  defined: Iterable<DefinedHost>,
  tree: GroupTree,
  defaults: Settings,
  isElseSound: boolean,
): ResolvedHosts {
  const inheritedBy = inheriting(tree, defaults);
  const complaints = new Map<string, Complaint>();
  const diagnostics: Diagnostic[] = [];
  const hosts: Host[] = [];
  const seen = new Set<Setting>();
  for (const host of defined) {
    const inherited = inheritedBy(host.memberOf);
    for (const disagreement of inherited.disagreements) {
      if (host.entry.settings.has(disagreement.setting)) continue;
      const id = [disagreement.setting, ...disagreement.groups].join(' ');
      const complaint = complaints.get(id) ?? { ...disagreement, host: host.name, hosts: 0 };
      complaints.set(id, complaint);
      complaint.hosts++;
    }
    const settings = over(inherited.settings, host.entry.settings);
    const problems = isElseSound ? [recordingProblem(host, settings), proxyProblem(host, settings)] : [];
    append(
      diagnostics,
      problems.filter((problem) => problem !== undefined),
    );
    append(diagnostics, sshOptionProblems(settings.get('sshOptions'), seen));
    hosts.push(hostOf(host, settings, inherited.groups));
  }
  return { hosts, diagnostics: [...diagnostics, ...[...complaints.values()].map(ambiguous)] };
}
