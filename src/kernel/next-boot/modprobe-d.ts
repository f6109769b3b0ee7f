import { MODPROBE_DIRECTORIES, MODULE_PARAMETER } from '../../facts/boot-files.js';
import type { BootFiles } from './boot-files.js';
import type { BootHost } from './boot-host.js';
import { baseName, filesInOrder } from './conf-files.js';
import type { KeyHistory, Write } from './sysctl-d.js';

/** A parameter of a module, as /sys/module shows it. */
export interface ModuleParameter {
  readonly module: string;
  readonly name: string;
}

export function moduleParameterOf(path: string): ModuleParameter | undefined {
  const [, module, name] = MODULE_PARAMETER.exec(path) ?? [];
  return module === undefined || name === undefined || module === 'kernel' ? undefined : { module, name };
}

/**
 * Is it part of the kernel, so that nobody loads it and modprobe.d has no say? undefined: that was not read. Where the kernel that runs is
 * next, /sys/module says it: what is there and was not loaded has no `initstate`. modules.builtin lacks what is never a module (rcupdate).
 *
 * @see module_initstate in kernel/module/sysfs.c, param_sysfs_builtin() in kernel/params.c, Linux 6.1
 */
export function isBuiltIn(files: BootFiles, module: string, { release, running }: BootHost): boolean | undefined {
  if (files.loaded !== undefined && release !== undefined && release === running) return !files.loaded.has(module);
  const list = release === undefined ? undefined : files.files.get(`/lib/modules/${release}/modules.builtin`);
  return list === undefined || list.unread !== undefined ? undefined : list.lines.some(({ text }) => text === module);
}

/**
 * The options that modprobe gives a module, in the order in which the kernel reads them: of the files in the order of their
 * names, of one name only that of the first directory. What the command line says of it comes after all of them.
 *
 * @see modprobe.d(5); kmod_module_get_options() in libkmod/libkmod-module.c, kmod 30
 */
export function historyOfModprobe(
  { modprobe }: Pick<BootFiles, 'modprobe'>,
  { module, name }: ModuleParameter,
): KeyHistory {
  const seen = modprobe.files.filter(({ path }) => !baseName(path).startsWith('.'));
  const files = filesInOrder({ ...modprobe, files: seen }, MODPROBE_DIRECTORIES);
  const writes: Write[] = [];
  let doubt =
    modprobe.unlisted.map(({ path, unread }) => `${path} ${unread}`)[0] ??
    files.flatMap(({ path, unread }) => (unread === undefined ? [] : [`${path} ${unread}`]))[0];
  for (const { path, lines } of files)
    for (const { line, text } of lines) {
      const [word, of, ...options] = text.split(' ');
      if (of !== module) continue;
      if (word === 'install') doubt ??= `${path}:${line} runs a command in place of loading ${module}`;
      else if (word === 'alias') doubt ??= `${path}:${line} gives ${module} another name, whose options were not read`;
      else if (word === 'options')
        for (const option of options) {
          const equals = option.indexOf('=');
          if (option === '?') doubt ??= `${path}:${line} has quotes, which are not followed`;
          else if ((equals < 0 ? option : option.slice(0, equals)) === name)
            // A switch without a value is on: param_set_bool() in kernel/params.c.
            writes.push({ value: equals < 0 ? '1' : option.slice(equals + 1), file: path, line });
        }
    }
  return doubt === undefined ? { writes } : { writes, doubt };
}
