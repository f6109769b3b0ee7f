import type { FactId } from '../../../model/reading.js';
import { kernelBase, type KernelBase } from '../../kernel-base.js';
import type { BootFiles } from '../boot-files.js';
import type { BootHost } from '../boot-host.js';
import type { ConfFile } from '../conf-files.js';
import type { BootPlan } from '../predict.js';
import type { BootSetting } from '../settings.js';
import type { BootStep } from './prediction.js';
import { doubtful, set, type State } from './state.js';

/** By fact, on a small machine: with all its flags off. Seen on 6.1, docs/truth.md. */
const SMALL_STARTS: ReadonlyMap<FactId, string> = new Map([
  ['thp.enabled', 'never'],
  ['thp.defrag', 'never'],
  ['khugepaged.defrag', 'false'],
]);
const SMALL_READ = [6, 1] as const;
const SMALL = 'hugepage_init() in mm/huge_memory.c, Debian linux 6.1.192-2: less than 512 MiB of memory';

/** Where it is known from; `read`: the version whose source says so, which another's may not. */
function sourcePlace(
  source: string,
  read: readonly [number, number] | undefined,
  base: KernelBase | undefined,
): string {
  const isRead = read !== undefined && base?.version[0] === read[0] && base.version[1] === read[1];
  return isRead ? source : `${source}; the source of this kernel was not read`;
}

/** The configuration of the next kernel's build; what the running one says of itself (/proc/config.gz) where that is next. */
export function configOf({ files }: BootFiles, { release, running }: BootHost): ConfFile | undefined {
  if (release === undefined) return [...files.values()].find(({ path }) => path.startsWith('/boot/config-'));
  return (
    files.get(`/boot/config-${release}`) ??
    files.get(`/lib/modules/${release}/config`) ??
    (release === running ? files.get('/proc/config.gz') : undefined)
  );
}

/**
 * In seconds. set_arch_panic_timeout(10, ARCH_PANIC_TIMEOUT) in setup.c of arch/powerpc/platforms/pseries and powernv, ARCH_PANIC_TIMEOUT in
 * arch/powerpc/include/asm/setup.h, Debian linux 6.1.176-1 and RHEL 3.10.0-1062: it puts 10 in the place of this alone.
 */
const POWER_DEFAULT = '180';

export function fromKernel(
  state: State,
  { startsWith, fact }: BootSetting,
  { files, host }: Pick<BootPlan, 'files' | 'host'>,
): void {
  const start = (value: string, place: string): void => {
    const step: BootStep = { tool: 'the kernel', value, place };
    state.steps.push(step);
    set(state, step);
  };
  const notKnown = `what the kernel starts with is not known (${fact.id})`;
  const base = host.release === undefined ? undefined : kernelBase(host.release);
  const small = SMALL_STARTS.get(fact.id);
  if (small !== undefined && host.isSmall === undefined)
    return doubtful(
      state,
      'the kernel',
      `how much memory the machine has is not known, and with less than 512 MiB it starts with ${small}`,
    );
  if (small !== undefined && host.isSmall === true) return start(small, sourcePlace(SMALL, SMALL_READ, base));
  if (startsWith === undefined) return doubtful(state, 'the kernel', notKnown);
  if ('source' in startsWith) {
    const machines = 'machines' in startsWith ? startsWith.machines : undefined;
    const isOther = machines !== undefined && !machines.has(host.machine ?? '');
    const value = 'value' in startsWith ? startsWith.value : base === undefined ? undefined : startsWith.byBase(base);
    if (value === undefined || isOther) return doubtful(state, 'the kernel', notKnown);
    return start(
      value,
      'value' in startsWith ? sourcePlace(startsWith.source, startsWith.read, base) : startsWith.source,
    );
  }
  const config = configOf(files, host);
  if (config === undefined || config.unread !== undefined)
    return doubtful(state, 'the kernel', `${startsWith.config} of the kernel's build is not known`);
  const mode = fact.id === 'thp.enabled';
  const found = config.lines.find(({ text }) =>
    mode
      ? text.startsWith(`${startsWith.config}_`) && text.endsWith('=y')
      : text.startsWith(`${startsWith.config}=`) || text === `# ${startsWith.config} is not set`,
  );
  if (found === undefined) return doubtful(state, 'the kernel', `${config.path} does not say ${startsWith.config}`);
  const said = found.text.startsWith('#') ? 'n' : found.text.slice(found.text.indexOf('=') + 1);
  const value = mode
    ? found.text.slice(startsWith.config.length + 1, -2).toLowerCase()
    : said === 'y'
      ? '1'
      : said === 'n'
        ? '0'
        : startsWith.radix === undefined
          ? said
          : String(Number.parseInt(said, startsWith.radix));
  if (fact.id === 'sysctl.kernel.panic' && value === POWER_DEFAULT && (host.machine ?? 'ppc').startsWith('ppc'))
    return doubtful(
      state,
      'the kernel',
      `${config.path}:${found.line} says ${value}, which the kernel makes 10 on pseries and powernv`,
    );
  return start(value, `${config.path}:${found.line}`);
}
