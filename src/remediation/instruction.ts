import type { RemediationSetting, RuleSummary } from '../model/report.js';
import { clean } from '../text/clean.js';
import { isPlainParameter } from './shell-safe.js';
import type { Instruction } from './remedy.js';

/** What became of what a rule wants to have set on one host. */
export interface Fate {
  readonly settled: readonly RemediationSetting[];
  /** Another rule wants the opposite. */
  readonly refused: readonly RemediationSetting[];
  /** A name or value that may not stand in a file as it is. */
  readonly notPlain: readonly RemediationSetting[];
  /** The kernel has no such knob. */
  readonly absent: readonly RemediationSetting[];
  /** Boot parameters that go with what is set. */
  readonly bootParameters: readonly string[];
  /** Boot parameters of the host that set the same. */
  readonly bootedWith: readonly string[];
  /** What overrules the files at the next boot, or may. */
  readonly overruled: readonly string[];
}

const LONGEST = 2000;

function named(settings: readonly RemediationSetting[]): string {
  return settings.map(({ name, value }) => `${name} = ${value}`).join(', ');
}

/**
 * From 2.0.19 on kdump.service of SUSE wants kdump-commandline.service, which makes the boot loader's crashkernel= what KDUMP_CRASHKERNEL asks
 * for, by default (auto) what it has computed (init/kdump-commandline.service, do_commandline() in kdumptool and NEWS of openSUSE/kdump
 * at 34da4b8).
 */
function forKdumpOfSuse(parameters: readonly string[]): readonly string[] {
  const asked = parameters.filter((parameter) => parameter.startsWith('crashkernel='));
  return asked.length === 0
    ? []
    : [
        `  SUSE with kdump 2.0.19 or later: KDUMP_CRASHKERNEL="${asked.join(' ')}" in /etc/sysconfig/kdump, then kdumptool commandline -u; at each start the kdump service writes over the line of GRUB what that asks for, by default a size that it computes`,
      ];
}

/**
 * On Debian the line goes into what 10_linux puts last, in the file that grub-mkconfig reads last: of a parameter that is
 * given twice the kernel takes the last, and kdump-tools, images of clouds and installers add theirs there too.
 *
 * @see docs/reference/remediation.md for where this is known from
 */
function addParameters(parameters: readonly string[], isAlternative: boolean): readonly string[] {
  if (parameters.length === 0) return [];
  const text = parameters.join(' ');
  const when = isAlternative
    ? 'from the first moment of the next boot, if you like, on the kernel command line as well'
    : 'on the kernel command line';
  if (!parameters.every(isPlainParameter)) return [`${when}: ${text}`];
  return [
    `${when}: ${text}`,
    `  RHEL and its kin: grubby --update-kernel=ALL --args="${text}"`,
    `  Debian, Ubuntu: in a file /etc/default/grub.d/zz-kernward.cfg the line GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT ${text}", then update-grub; the entries for recovery do not have it`,
    `  SUSE: in GRUB_CMDLINE_LINUX_DEFAULT of /etc/default/grub, then grub2-mkconfig -o /boot/grub2/grub.cfg`,
    ...forKdumpOfSuse(parameters),
    `  ostree (CoreOS, Silverblue, RHEL for Edge): rpm-ostree kargs ${parameters.map((parameter) => `--append="${parameter}"`).join(' ')}`,
    '  elsewhere: where the configuration of the boot loader has the kernel command line; reboot when it suits',
  ];
}

function changeParameters(parameters: readonly string[]): readonly string[] {
  if (parameters.length === 0) return [];
  const names = [...new Set(parameters.map((parameter) => parameter.replace(/=.*$/, '')))];
  return [
    `the kernel command line has ${parameters.join(' ')}, which holds at every boot until the file is applied: take it away`,
    ...(names.every(isPlainParameter)
      ? [
          `  RHEL and its kin: grubby --update-kernel=ALL --remove-args="${names.join(' ')}"`,
          '  Debian, Ubuntu: out of /etc/default/grub and /etc/default/grub.d/*.cfg, then update-grub',
          '  SUSE: out of /etc/default/grub, then grub2-mkconfig -o /boot/grub2/grub.cfg',
          `  ostree (CoreOS, Silverblue, RHEL for Edge): rpm-ostree kargs ${parameters.map((parameter) => `--delete="${isPlainParameter(parameter) ? parameter : parameter.replace(/=.*$/, '')}"`).join(' ')}`,
        ]
      : []),
  ];
}

function older({ remediationSettings, settings }: RuleSummary): readonly string[] {
  return remediationSettings === undefined && settings !== ''
    ? [`the report was made by a kernward that does not tell settings one by one: ${settings}`]
    : [];
}

/** What is left to do by hand about a failing rule; nothing where files settle all of it. */
export function toInstruction(rule: RuleSummary, fate: Fate): Instruction | undefined {
  const parts = rule.remediationSettings;
  const isExtra = fate.settled.length > 0 && fate.refused.length === 0 && fate.notPlain.length === 0;
  const lines = [
    ...older(rule),
    ...(fate.refused.length === 0
      ? []
      : [`not written, because another rule wants the opposite: ${named(fate.refused)}`]),
    ...(fate.notPlain.length === 0
      ? []
      : [`not written, because it may not stand in a file as it is: ${named(fate.notPlain)}`]),
    ...(fate.absent.length === 0 ? [] : [`left out, because this kernel has no such setting: ${named(fate.absent)}`]),
    ...fate.overruled,
    ...changeParameters(fate.bootedWith.filter((parameter) => !fate.bootParameters.includes(parameter))),
    ...addParameters(fate.bootParameters, isExtra),
    ...((parts?.packages ?? []).length === 0 ? [] : [`packages: ${parts?.packages.join(', ')}`]),
    ...(parts?.commands ?? []).map((command) => `as root: ${command}`),
  ];
  if (isExtra && lines.length === 0) return undefined;
  const words = [
    rule.remediation || 'the rule says no remedy',
    ...lines,
    ...(rule.mayBreak === '' ? [] : [`may break: ${rule.mayBreak}`]),
  ];
  return { rule: rule.id, isExtra, lines: words.map((line) => clean(line, LONGEST)) };
}
