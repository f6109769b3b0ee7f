import { SYSCTL_CONF } from '../../facts/boot-files.js';
import { append } from '../../text/append.js';
import type { BootFiles } from './boot-files.js';
import { filesInOrder } from './conf-files.js';
import { globMatches } from './glob.js';
import type { KeyHistory, Write } from './sysctl-d.js';
import type { Condition, TunedPlan, ProfileUnit } from './tuned.js';

/** Profiles of tuned itself whose scripts were read, at 2bfa442: they set KSM and parameters of kvm, and nothing else of the kernel. */
const READ_PROGRAMS =
  /^\/usr\/lib\/tuned\/(?:profiles\/)?(?:cpu-partitioning|laptop-ac-powersave|powersave|realtime-virtual-host|spindown-disk)\/tuned\.conf$/;
const READ_PROGRAMS_SET = /^\/sys\/(?:kernel\/mm\/ksm|module\/kvm)/;

function doubtOfPrograms({ programs }: TunedPlan, path: string): string | undefined {
  const file = programs.find((each) => !READ_PROGRAMS.test(each) || READ_PROGRAMS_SET.test(path));
  return file === undefined ? undefined : `${file} runs a program, which is not executed to see what it sets`;
}

/** plugin_sysctl.py: every dot is a slash. */
function pathOf(name: string): string {
  return name.replaceAll('.', '/').replace(/\/{2,}/g, '/');
}

const SYSCTL_DIRECTORIES = ['/run/sysctl.d', '/etc/sysctl.d'];

/**
 * What tuned writes again of the files of sysctl.d, whatever its profile sets; it does not look into /usr, and reads no pattern.
 *
 * @see _apply_system_sysctl() in plugin_sysctl.py, Debian tuned 2.20.0-1
 */
function reapplied({ sysctls, unread }: BootFiles, sysctl: string): KeyHistory {
  const order = [
    ...filesInOrder(sysctls, SYSCTL_DIRECTORIES),
    ...sysctls.files.filter(({ path }) => path === SYSCTL_CONF),
  ];
  const writes = order.flatMap(({ path, lines }) =>
    lines.flatMap(({ line, text }): readonly Write[] => {
      const found = /^([^=]*?)\s*=(.*)$/.exec(text.trim());
      return found !== null && pathOf(found[1] ?? '') === pathOf(sysctl)
        ? [{ value: (found[2] ?? '').trim(), file: path, line }]
        : [];
    }),
  );
  const last = writes.at(-1)?.file;
  const directory = last === SYSCTL_CONF ? undefined : SYSCTL_DIRECTORIES.find((path) => unread.has(path));
  const closed =
    directory ??
    order
      .slice(
        Math.max(
          0,
          order.findIndex(({ path }) => path === last),
        ),
      )
      .find((file) => file.unread !== undefined)?.path;
  return closed === undefined ? { writes } : { writes, doubt: `${closed} ${unread.get(closed) ?? 'was not read'}` };
}

/** The values that it takes of `transparent_hugepages`; the others it passes over. */
const THP_MODES: ReadonlySet<string> = new Set(['always', 'never', 'madvise']);

/** In the order in which plugin_vm.py writes them, whatever theirs in the profile. */
const VM_OPTIONS = ['transparent_hugepages', 'transparent_hugepage', 'transparent_hugepage.defrag'];

function ofVm({ options }: ProfileUnit, path: string, hasThpParameter: boolean): readonly Write[] {
  return VM_OPTIONS.flatMap((name) => {
    const write = options.get(name);
    if (write === undefined) return [];
    if (name === 'transparent_hugepage.defrag') return path.endsWith('/transparent_hugepage/defrag') ? [write] : [];
    const isTaken = path.endsWith('/transparent_hugepage/enabled') && !hasThpParameter;
    return isTaken && (THP_MODES.has(write.value) || isChanged(write)) ? [write] : [];
  });
}

/** os.path.normpath() */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return `/${parts.join('/')}`;
}

function ofSysfs({ options }: ProfileUnit, path: string): readonly Write[] {
  const byPath = new Map<string, Write>();
  for (const [name, write] of options) byPath.set(normal(name), write);
  return [...byPath].flatMap(([name, write]) => (globMatches(path, name) ? [write] : []));
}

/** Variables, and the signs that make it the larger or the smaller of two values. */
function isChanged({ value }: Write): boolean {
  return /\$\{|^[<>]./.test(value);
}

/** What a unit writes by itself. */
function ownWrites(
  unit: ProfileUnit,
  sysctl: string | undefined,
  path: string,
  hasThpParameter: boolean,
): readonly Write[] {
  if (sysctl === undefined) {
    if (unit.type === 'vm') return ofVm(unit, path, hasThpParameter);
    return unit.type === 'sysfs' ? ofSysfs(unit, path) : [];
  }
  if (unit.type !== 'sysctl') return [];
  return [...unit.options].flatMap(([name, write]) =>
    pathOf(name) === pathOf(sysctl) ? [{ ...write, value: write.value.replace(/^"(.*)"$/, '$1') }] : [],
  );
}

/** What tuned writes to a sysctl, or, without `sysctl`, to a path below /sys. */
export function historyOfTuned(
  plan: TunedPlan,
  files: BootFiles,
  sysctl: string | undefined,
  path: string,
  hasThpParameter: boolean,
): KeyHistory {
  const writes: Write[] = [];
  const own = new Set<Write>();
  let condition: Condition | undefined;
  let unread: string | undefined;
  const again = sysctl !== undefined && plan.reapplies ? reapplied(files, sysctl) : { writes: [] };
  for (const unit of plan.units) {
    const ofUnit = [...ownWrites(unit, sysctl, path, hasThpParameter)];
    for (const write of ofUnit) own.add(write);
    if (unit.type === 'sysctl') {
      append(ofUnit, again.writes);
      unread ??= again.doubt;
    }
    const value = ofUnit.at(-1)?.value;
    if (value === undefined) continue;
    // On other machines it would be as before it.
    if (unit.conditions !== undefined)
      condition = value === writes.at(-1)?.value ? condition : (unit.conditions.at(-1) ?? condition);
    else {
      append(writes, ofUnit);
      condition = undefined;
    }
  }
  if (condition !== undefined)
    return {
      writes,
      doubt: `${condition.file}:${condition.line} applies it to some machines only, by ${condition.isUname ? 'their uname, which is not known as a whole' : 'their processor, which is not followed'}`,
    };
  const last = writes.at(-1);
  const odd =
    last !== undefined && own.has(last) && isChanged(last)
      ? `${last.file}:${last.line} is not a plain value`
      : undefined;
  const doubt = plan.doubt ?? doubtOfPrograms(plan, path) ?? unread ?? odd;
  return doubt === undefined ? { writes } : { writes, doubt };
}
