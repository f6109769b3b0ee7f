import { FACTS } from '../../facts/index.js';
import { memoize } from '../../language/memoize.js';
import { memoizeLately } from '../../language/memoize-lately.js';
import { notCollected, type Reading } from '../../model/reading.js';
import { valueText } from '../outcome/values.js';
import { placeText } from './expect.js';
import { throughInitramfs } from './doubts/initramfs.js';
import { doubtOfModprobe, predict, type BootPlan } from './predict.js';
import { readingAfter, undetermined } from './reading-after.js';
import type { BootSetting } from './settings.js';

/** How many readings of a parameter are kept for machines that boot the same. */
const MOST_READINGS = 4;

/**
 * Nobody writes these while the system runs: mode 0444.
 *
 * @see module_param(backend, …) in fs/pstore/platform.c
 */
const READ_ONLY: ReadonlySet<string> = new Set(['pstore.backend']);

/** Parameters of modules that the catalogue reads. */
export const MODULE_PARAMETERS = FACTS.flatMap((fact) => {
  const { id, bootParameter, origin } = fact;
  const paths = origin.via === 'file' ? origin.paths : [];
  return paths.some((path) => path.startsWith('/sys/module/')) && bootParameter !== undefined
    ? [
        {
          id,
          name: bootParameter.replace(/=.*$/, ''),
          settings: paths.map((path) => ({ fact, sysctl: undefined, path, startsWith: undefined })),
        },
      ]
    : [];
});

type ModuleParameter = (typeof MODULE_PARAMETERS)[number];

/** What files make of a parameter of a module; undefined: none of them names it. */
function parameterByFiles(
  setting: BootSetting,
  isOnlyModule: boolean,
  now: Reading,
  plan: BootPlan,
): Reading | undefined {
  const prediction = predict(setting, plan);
  const byFiles = [...prediction.steps.map(({ tool }) => tool), prediction.doubtBy ?? 'the kernel'].some(
    (tool) => tool !== 'the kernel' && tool !== 'the kernel command line',
  );
  if (!byFiles) {
    const doubt = doubtOfModprobe(plan, setting.path);
    return doubt === undefined ? undefined : undetermined(doubt);
  }
  const { winner } = prediction;
  const reading = readingAfter({ setting, now: notCollected(setting.fact.id), prediction });
  if (winner?.tool !== 'modprobe.d') return reading;
  if (!isOnlyModule)
    return undetermined(`whether this kernel has it in the module that ${placeText(winner)} names is not known`);
  return readingAfter({ setting, now, prediction: throughInitramfs(prediction, now) });
}

/** A parameter of a module: what files say, else what it is now, as long as the command line says that; else its default, which is not known. */
function afterwards({ name, settings }: ModuleParameter, now: Reading, plan: BootPlan): Reading {
  for (const [index, setting] of settings.entries()) {
    const reading = parameterByFiles(setting, index === 0, now, plan);
    if (reading !== undefined) return reading;
  }
  const said = plan.commandLine.ask(name);
  if (said === undefined && READ_ONLY.has(name) && plan.now?.get(name) === undefined) return now;
  if (said === undefined)
    return undetermined(`no file and no command line names ${name}, and what the module starts with is not known`);
  if ('doubt' in said) return undetermined(said.doubt);
  return now.state === 'known' && said.value === valueText(now.value)
    ? now
    : undetermined(`the command line says something else of it: ${said.place}`);
}

/** What a parameter of a module is after the boot: computed once for machines that boot the same and on which it is the same now. */
export const parameterAfter = memoize((plan: BootPlan) =>
  memoize((parameter: ModuleParameter) =>
    memoizeLately(MOST_READINGS, (now: Reading): Reading => afterwards(parameter, now, plan)),
  ),
);
