import { clean } from '../../text/clean.js';
import { toDropIns, LOAD, type DropIn } from '../drop-ins.js';
import { isPlainHost } from '../shell-safe.js';
import { byHandLines, commented, formatHostNames, originLines } from '../phrases.js';
import type { Assignment, Plan, Remedy } from '../remedy.js';
import type { RemediationFormat } from './format.js';

/** JSON's strings are YAML's double-quoted ones, and what is cleaned holds no control character. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** What a host sent stands in comments of the files: `!unsafe` keeps Ansible from reading `{{ … }}` in it. */
function variable({ text }: DropIn, index: number): string {
  return `    kernward_file_${index + 1}: !unsafe ${quoted(text)}\n`;
}

function copyTask({ path, kind }: DropIn, index: number): string {
  return [
    `    - name: ${quoted(path)}`,
    '      ansible.builtin.copy:',
    `        dest: ${quoted(path)}`,
    `        content: "{{ kernward_file_${index + 1} }}"`,
    '        owner: root',
    '        group: root',
    '        mode: "0644"',
    '      when: not (kernward_revert | default(false) | bool)',
    `      notify: ${quoted(`${LOAD[kind].join(' ')} ${path}`)}\n`,
  ].join('\n');
}

function removeTask({ path }: DropIn): string {
  return [
    `    - name: ${quoted(`no ${path}`)}`,
    '      ansible.builtin.file:',
    `        path: ${quoted(path)}`,
    '        state: absent',
    '      when: kernward_revert | default(false) | bool\n',
  ].join('\n');
}

function handler({ path, kind }: DropIn): string {
  return [
    `    - name: ${quoted(`${LOAD[kind].join(' ')} ${path}`)}`,
    '      ansible.builtin.command:',
    `        argv: [${[...LOAD[kind], path].map(quoted).join(', ')}]`,
    '      changed_when: true\n',
  ].join('\n');
}

const SHOW: Readonly<Record<Assignment['kind'], (name: string) => readonly string[]>> = {
  sysctl: (name) => ['sysctl', '-n', name],
  sysfs: (name) => ['cat', name],
};

/** Of `always [madvise] never` the chosen word. */
function verifyTask({ kind, name, value }: Assignment): string {
  return [
    `    - name: ${quoted(`${name} is ${value}`)}`,
    '      ansible.builtin.command:',
    `        argv: [${SHOW[kind](name).map(quoted).join(', ')}]`,
    '      register: kernward_now',
    '      changed_when: false',
    '      check_mode: false',
    `      failed_when: (kernward_now.stdout | regex_replace('^.*\\[([^\\]]*)\\].*$', '\\\\1') | split | join(' ')) != ${quoted(value)} and not ansible_check_mode`,
    '      when: not (kernward_revert | default(false) | bool)\n',
  ].join('\n');
}

function play(plan: Plan, remedy: Remedy, title: string): string {
  const files = toDropIns(plan, remedy);
  const hosts = remedy.hosts.filter(isPlainHost);
  const others = remedy.hosts.filter((host) => !isPlainHost(host));
  const byHand = byHandLines(plan, remedy);
  const head = commented([
    '',
    ...originLines(plan, remedy, title),
    ...(others.length === 0
      ? []
      : ['', `left out, because Ansible would not read the name as that of one host: ${formatHostNames(others)}`]),
    ...(byHand.length === 0 ? [] : ['', 'Left to do by hand:', ...byHand]),
  ]);
  if (files.length === 0 || hosts.length === 0) return head;
  return [
    head,
    `- name: ${quoted(title)}\n  hosts:\n`,
    ...hosts.map((host) => `    - ${quoted(host)}\n`),
    '  become: true\n  gather_facts: false\n  vars:\n',
    ...files.map(variable),
    '  tasks:\n',
    ...files.map(copyTask),
    ...files.map(removeTask),
    '    - name: "apply at once"\n      ansible.builtin.meta: flush_handlers\n',
    ...remedy.assignments.map(verifyTask),
    '  handlers:\n',
    ...files.map(handler),
  ].join('');
}

const HEAD = [
  'Made by kernward remediate, which applies nothing itself. It needs ansible-core and no collection.',
  'Try: ansible-playbook --check --diff THIS-FILE; apply: ansible-playbook THIS-FILE',
  'Revert: ansible-playbook THIS-FILE -e kernward_revert=true takes the files away; what each key was stands in the file, to be set again by hand.',
  'The last tasks of each play fail where a key has not the value it should have: something else sets it, see the order in the files.',
];

/** A playbook must hold a play. */
const NOTHING =
  '- name: "no file to bring: see above what is left to do by hand"\n  hosts: localhost\n  gather_facts: false\n  tasks: []\n';

/** One playbook, a play a remedy. */
export const ansible: RemediationFormat = {
  mayBeJoined: true,
  render: (plan) => {
    const plays = plan.remedies.map((remedy, index) =>
      play(plan, remedy, `kernward remedy ${index + 1} of ${plan.remedies.length}`),
    );
    const isEmpty = plays.every((text) => text.split('\n').every((line) => line === '' || line.startsWith('#')));
    const odd = plan.remedies.flatMap(({ hosts }) => hosts.filter((host) => !isPlainHost(host)));
    return {
      files: [
        { path: 'kernward-remediate.yaml', text: `${commented(HEAD)}---\n${plays.join('')}${isEmpty ? NOTHING : ''}` },
      ],
      leftOut: odd.map((host) => `${clean(host, 255)}: Ansible would not read this as the name of one host`),
    };
  },
};
