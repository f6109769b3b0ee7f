import { ALLOWED_SYSFS, REFUSED, SECRET_FILES, SECRET_FOLDERS, SYSCTL_ROOTS } from './readable-paths.js';

function code(text: string): string {
  return `\`${text}\``;
}

const INTRODUCTION = `# Facts of your own

Generated from \`src/facts/declared/\`; \`npm run generate\` writes it.

What [facts.md](facts.md) does not have, a policy declares. A declared fact is like kernward's own: known, absent with what
proves it, or unreadable with the cause; type-checked in expressions, in the evidence, in reports, in \`kernward facts -p FILE\`, in
cases of rules, and for \`kernward remediate\`.

\`\`\`yaml
policy: memory-of-ours
title: How our machines use memory
facts:
  sysctl.vm.swappiness: { type: int, range: [0, 200], title: How willingly the kernel swaps }
  sysctl.tcp_rmem: { path: /proc/sys/net/ipv4/tcp_rmem, type: list, parse: words, unit: bytes }
  sysctl.rp_filter: { path: /proc/sys/net/ipv4/conf/*/rp_filter, type: map }
  sysfs.thp_sizes: { path: /sys/kernel/mm/transparent_hugepage/*/enabled, type: map, parse: selected }
  sysfs.read_ahead: { path: /sys/block/*/bdi/read_ahead_kb, type: map }
  module.zswap.max_pool_percent: { type: int, unit: percent }
  cmdline.mitigations: { type: string }
  boot.nosmt: { type: bool }
  config.CONFIG_PREEMPT_RT: { type: enum, values: [y, n] }
  file.limits: { path: /etc/security/limits.d/*.conf, type: list, parse: lines }
rules:
  - id: ours-swappiness
    title: Little is swapped
    severity: medium
    requires: sysctl.vm.swappiness <= 10
    because: vm.swappiness is {sysctl.vm.swappiness}
    rationale: The machines have no disk that is worth swapping to.
    remediation:
      summary: Set vm.swappiness to 10.
      sysctl: { vm.swappiness: 10 }
      mayBreak: Nothing that is known.
    references: [https://docs.kernel.org/admin-guide/sysctl/vm.html#swappiness]
    cases:
      - { name: little, facts: { sysctl.vm.swappiness: 1 }, gives: pass }
      - { name: the default, facts: { sysctl.vm.swappiness: 60 }, gives: fail }
      - { name: denied, facts: { sysctl.vm.swappiness: { unreadable: denied } }, gives: unknown }
\`\`\`

| first word | is read from |
|---|---|
| \`sysctl.NAME\` | /proc/sys/NAME, dots for slashes; or \`path\`, where the name has a dash or a star |
| \`sysfs.NAME\` | \`path\` below /sys |
| \`module.MODULE.PARAMETER\` | /sys/module/MODULE/parameters/PARAMETER; or \`path\` below /sys/module |
| \`cmdline.NAME\`, \`boot.NAME\` | the boot parameter NAME, or \`bootParameter\`. \`cmdline.\` is a text or an enum, \`boot.\` anything. Of a parameter that is given twice the last value counts; a list has all of them. Not given: absent, a bool is false, a list is empty |
| \`config.NAME\` | the option NAME of the kernel's build (or \`kernelConfig\`), in /proc/config.gz, else /boot/config-RELEASE or /lib/modules/RELEASE/config. Not set: \`n\`; no line about it: absent |
| \`file.NAME\` | \`path\` below /etc, where the run allows it: \`--allow-read\` |

| field | |
|---|---|
| \`type\` | \`int\` (with \`range\`), \`bool\`, \`string\`, \`enum\` (with \`values\`), \`list\` of texts, \`map\` of texts |
| \`path\`, \`paths\` | one path, in which \`*\` stands for any part of a name, in at most two parts and at most twice in each: a \`map\` by what the stars stand for, or a \`list\`. Or several without a star, of which the first that is there counts |
| \`parse\` | \`value\` (one line), \`selected\` (the word in brackets), \`lines\`, \`words\`; by the type where it is not given |
| \`title\`, \`note\`, \`unit\` | for people |
| \`samples\` | \`{ text: "60\\n", gives: 60 }\`, checked when the policy is loaded; of several files \`text\` has lines of key, tab and content |

What does not fit the type, range or values is \`malformed\`, and a rule that needs it is \`unknown\`. A name that kernward has cannot be
declared. Two policies may declare a fact alike; differently is a mistake. Facts may stand in a policy without rules, beside others.

## What it costs a host

Nothing, where none is declared: the script is the same to the byte. Otherwise it has sections of their own at its end, in the same
session and under the same limits of time and bytes: what a declared fact takes, it takes from no other. All files together are
read by one process; ten more at most are started. A run has at most 200 declared facts, a host is read at most 1,024 files for them, a file at most 512
lines of (below /etc: 64 KiB), and a value has at most 16,384 characters; what is more is \`truncated\`, and told.

Saved readings and recordings that were made before a fact was declared, or when it was declared differently, have no value for it:
\`not-collected\`, never a pass. \`kernward collect -p FILE\` collects what the policies of FILE declare. An installed
[collector](collector.md) answers for the facts that it was installed with, \`kernward collector -p FILE\`, and for no others.

## What may be read

Paths are plain: letters, digits and \`_ . : + @ -\`, nothing that begins with a dot, no \`..\`. Root's own script (\`become\`) reads none of it. Where the login may not read
a file, the fact is \`denied\`.
`;

/** docs/reference/declared-facts.md */
export function declaredFactsPage(): string {
  return [
    INTRODUCTION,
    '### Below /proc/sys',
    '',
    `What is in ${SYSCTL_ROOTS.map(code).join(', ')}, and is not refused.`,
    '',
    '### Below /sys',
    '',
    'These; a star covers one part of a path. Who misses an attribute that is read without harm reports it.',
    '',
    ...ALLOWED_SYSFS.map((shape) => `* ${code(shape)}`),
    '',
    '### Refused',
    '',
    '| path | why | known from |',
    '|---|---|---|',
    ...REFUSED.map(({ path, why, source }) => `| ${code(path)} | ${why} | ${source} |`),
    '',
    '### Below /etc',
    '',
    'Only below the folders and files that whoever runs kernward names with `--allow-read`; no links, in no part of the path, only plain files of at most 64 KiB.',
    `Never read, whatever is allowed and whatever the case of its letters is: what is in a folder called ${SECRET_FOLDERS.map(code).join(', ')}, and files called so:`,
    '',
    '| files | hold |',
    '|---|---|',
    ...SECRET_FILES.map(({ names, why }) => `| ${names.map(code).join(', ')} | ${why} |`),
    '',
    'What an allowed file holds goes into reports as it is: allow no file that may hold a secret in its text.',
    '',
    '### Boot parameters',
    '',
    'All but those whose name hints at a secret (a password, key, token, user, the root file system, a proxy, a URL and the like).',
    'Of parameters of modules the same, and each is named: no star stands for it. Of the options of the build all but `CONFIG_CMDLINE`.',
    '',
  ].join('\n');
}
