import { setImmediate as breath } from 'node:timers/promises';
import { hasErrors, right, wrong, type Diagnostic, type Loaded } from '../../model/diagnostic.js';
import type { Host, HostId } from '../../model/host.js';
import { clean } from '../../text/clean.js';
import { createConfigOf, type ConfigSource } from './config-of-host.js';
import { keepsNewKeys, type HostKeyPolicies } from '../host-keys/policies-by-files.js';
import { createPlanNotes } from './plan-diagnostics.js';
import type { JumpHop } from '../ssh-config/jump.js';
import type { ResolvedSshConfig } from '../ssh-config/resolved.js';
import { createSharing, toSettings } from './ssh-settings.js';
import { SSH_PORT, type Target, type TargetOf, type Route } from './target.js';

export interface PlanOptions extends ConfigSource {
  readonly policies: HostKeyPolicies;
  /** `--host-keys accept-new`: what is new may be accepted. */
  readonly acceptsNew: boolean;
  /** `-u`: for hosts whose inventory names no user. */
  readonly user?: string;
  /** `--identity`: for hosts whose inventory names no key. */
  readonly identityFiles: readonly string[];
  /** `--connect-timeout`, where it was given. */
  readonly connectTimeoutMs?: number;
  /** Where neither it nor ssh_config says. */
  readonly defaultConnectTimeoutMs: number;
}

/** Hosts on the way to one host, more than any network has; what goes round in a circle has no end. */
const MOST_HOPS = 16;

/** Hosts between two breaths, so that Ctrl-C is heard. */
const AT_A_STRETCH = 500;

function sameFiles(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((file, index) => file === b[index]);
}

/** Which files ssh looks keys up in where no ssh_config names any. */
function usualFiles(home: string): readonly [readonly string[], readonly string[]] {
  return [
    [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`],
    ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  ];
}

/** To pass over a list of revoked keys in silence is to trust them. */
const unreadRevocations: Diagnostic = {
  code: 'ssh-config/revoked-host-keys',
  severity: 'error',
  message: 'ssh_config names RevokedHostKeys, which the transport ssh2 cannot read',
  help: 'give the host transport: auto or openssh, or write the revoked keys to known_hosts with @revoked',
};

const endlessJumps: Diagnostic = {
  code: 'ssh-config/jump-loop',
  severity: 'error',
  message: `it is reached over more than ${MOST_HOPS} jump hosts: one of them is reached over itself`,
};

export interface Planned extends Loaded<TargetOf> {
  /** The hosts that cannot be reached as it is written, each with all that is wrong about it. */
  readonly mistakes: ReadonlyMap<HostId, readonly Diagnostic[]>;
  /** For the others, whatever is wrong about those. */
  readonly targetOf: TargetOf;
}

/**
 * Works out where each host leads and how, before anybody is contacted: the inventory's word stands above the options
 * of the run, and those above ssh_config (docs/reference/ssh-config.md has the table).
 *
 * @returns no value where any host cannot be reached as it is written, with everything that is wrong
 */
export async function planTargets(hosts: readonly Host[], options: PlanOptions): Promise<Planned> {
  const { local, policies } = options;
  const configOf = createConfigOf(options);
  const share = createSharing();
  const notes = createPlanNotes(options.acceptsNew);
  const hops = new Map<string, Promise<Loaded<Target>>>();
  const [userFiles, globalFiles] = usualFiles(local.home);

  const endOf = (
    config: ResolvedSshConfig,
    names: readonly string[],
    files: readonly string[],
  ): Omit<Target, 'route' | 'name'> | undefined => {
    const { hostName, port, user, hostKeyAlias, connectTimeoutSeconds } = config;
    const isUsual =
      sameFiles(config.userKnownHostsFiles, userFiles) && sameFiles(config.globalKnownHostsFiles, globalFiles);
    const isStrict = config.strictHostKeyChecking === 'yes' || !keepsNewKeys(config.userKnownHostsFiles);
    const hostKeys = policies.of({
      files: isUsual ? undefined : [...config.userKnownHostsFiles, ...config.globalKnownHostsFiles],
      isStrict,
    });
    if (hostKeys === undefined) return undefined;
    return {
      address: hostName,
      port,
      user,
      // An alias is looked up as it is, whatever the port.
      knownAs:
        hostKeyAlias === undefined
          ? { names: [...new Set([hostName, ...names])], port }
          : { names: [hostKeyAlias], port: SSH_PORT },
      hostKeys,
      connectTimeoutMs:
        options.connectTimeoutMs ??
        (connectTimeoutSeconds === undefined || connectTimeoutSeconds === 0
          ? options.defaultConnectTimeoutMs
          : connectTimeoutSeconds * 1000),
      settings: share(toSettings(config, files)),
    };
  };

  const routeOf = async ({ route }: ResolvedSshConfig, depth: number): Promise<Loaded<Route>> => {
    if (route.by === 'direct') return right(route);
    if (route.by === 'command') return right({ by: 'command', line: route.command });
    const last = route.hops.at(-1);
    if (last === undefined) return right({ by: 'direct' });
    if (depth > MOST_HOPS) return wrong([endlessJumps]);
    const { value: over, diagnostics } = await hopOf(last, route.hops.slice(0, -1), depth);
    return { value: over === undefined ? undefined : { by: 'jump', over }, diagnostics };
  };

  const makeHop = async (hop: JumpHop, before: readonly JumpHop[], depth: number): Promise<Loaded<Target>> => {
    const { value: config, diagnostics } = await configOf.hop(hop, before);
    const ofHop = diagnostics.map((diagnostic) => ({
      ...diagnostic,
      message: `the jump host ${clean(hop.host, 80)}: ${diagnostic.message}`,
    }));
    if (config === undefined) return wrong(ofHop);
    notes.examine(config, hop.host);
    const end = endOf(config, [hop.host], config.identityFiles === undefined ? options.identityFiles : []);
    const route = await routeOf(config, depth + 1);
    return {
      value:
        end === undefined || route.value === undefined ? undefined : { ...end, name: hop.host, route: route.value },
      diagnostics: [...ofHop, ...route.diagnostics],
    };
  };

  /** Each jump host once, however many hosts are behind it; a circle ends by its depth. */
  const hopOf = (hop: JumpHop, before: readonly JumpHop[], depth: number): Promise<Loaded<Target>> => {
    const key = JSON.stringify([hop, before, depth]);
    const known = hops.get(key) ?? makeHop(hop, before, depth);
    hops.set(key, known);
    return known;
  };

  const planOf = async (host: Host): Promise<Loaded<Target>> => {
    const { value: config, diagnostics } = await configOf.host(host, host.user ?? options.user);
    if (config === undefined) return wrong(diagnostics);
    notes.examine(config, host.name);
    const unread = host.transport === 'ssh2' && config.revokedHostKeys.length > 0 ? [unreadRevocations] : [];
    const end = endOf(
      config,
      [host.address, host.name],
      host.identityFiles.length > 0 ? host.identityFiles : options.identityFiles,
    );
    const route = await inventoryWay(host, config);
    return {
      value:
        end === undefined || route.value === undefined ? undefined : { ...end, name: host.name, route: route.value },
      diagnostics: [...diagnostics, ...unread, ...route.diagnostics],
    };
  };

  /** What the inventory says of the way stands above ssh_config. */
  const inventoryWay = (host: Host, config: ResolvedSshConfig): Promise<Loaded<Route>> => {
    const { proxyJump, proxyCommand } = host;
    const command = proxyCommand?.toLowerCase() === 'none' ? undefined : proxyCommand;
    if (command !== undefined) return Promise.resolve(right({ by: 'program', words: command.split(/ +/u) }));
    const isBarred =
      (proxyJump?.toLowerCase() === 'none' && config.route.by === 'jump') ||
      (proxyCommand !== undefined && config.route.by === 'command');
    return isBarred ? Promise.resolve(right({ by: 'direct' })) : routeOf(config, 1);
  };

  const targets = new Map<HostId, Target>();
  const problems = new Map<HostId, readonly Diagnostic[]>();
  for (let from = 0; from < hosts.length; from += AT_A_STRETCH) {
    const stretch = hosts.slice(from, from + AT_A_STRETCH);
    const found = await Promise.all(stretch.map(planOf));
    for (const [index, host] of stretch.entries()) {
      const { value: target, diagnostics: ofHost } = found[index] ?? wrong([]);
      for (const diagnostic of ofHost) notes.problem(diagnostic, host);
      if (target !== undefined) targets.set(host.name, target);
      if (ofHost.length > 0) problems.set(host.name, ofHost);
    }
    await breath();
  }
  const diagnostics: readonly Diagnostic[] = [...policies.diagnostics(), ...notes.diagnostics()];
  const targetOf: TargetOf = (host) => {
    const target = targets.get(host.name);
    if (target === undefined) throw new Error(`nothing was planned for ${host.name}`);
    return target;
  };
  const isWrong = hasErrors(diagnostics);
  return { value: isWrong ? undefined : targetOf, diagnostics, mistakes: problems, targetOf };
}
