import { spawnSync } from 'node:child_process';

/** Starting Ansible costs half a second: one process of it answers everything that a test asks. */
const PYTHON = `
import json, os, sys, tempfile
from ansible import constants as C, context
from ansible.cli.inventory import InventoryCLI
from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

context.CLIARGS = ImmutableDict(show_vars=False, export=False, basedir=None)

answers = []
for case in json.load(sys.stdin):
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for name, text in case['files']:
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', newline='') as file:
                file.write(text)
            if text.startswith('#!'):
                os.chmod(path, 0o755)
            sources.append(path)
        if 'sources' in case:
            sources = [source if ',' in source else os.path.join(folder, source) for source in case['sources']]
        loader = DataLoader()
        try:
            inventory = InventoryManager(loader=loader, sources=sources)
        except AnsibleError as error:
            answers.append({'hosts': [], 'groups': [], 'selected': [], 'graph': '', 'hostvars': {}, 'failure': str(error)})
            continue
        C.HOST_PATTERN_MISMATCH = 'error'
        selected = []
        for pattern in case['patterns']:
            try:
                inventory.subset(pattern)
                selected.append([host.name for host in inventory.get_hosts('all')])
            except (AnsibleError, IndexError) as error:
                selected.append(str(error))
        inventory.subset(None)
        cli = InventoryCLI(['ansible-inventory', '--list'])
        cli.inventory, cli.loader, cli.vm = inventory, loader, VariableManager(loader=loader, inventory=inventory)
        graph = '\\n'.join(cli._graph_group(inventory.groups['all']))
        hostvars = cli.json_inventory(inventory.groups['all'])['_meta']['hostvars'] if 'sources' in case else {}
        answers.append({
            'hosts': [host.name for host in inventory.get_hosts('all')],
            'groups': [[name, [host.name for host in group.hosts], [inner.name for inner in group.child_groups]] for name, group in inventory.groups.items()],
            'selected': selected,
            'graph': graph,
            'hostvars': hostvars,
        })
json.dump(answers, sys.stdout)
`;

export interface AnsibleQuestion {
  /** Name and text; one that starts with `#!` is made executable. */
  readonly files: readonly (readonly [string, string])[];
  readonly patterns: readonly string[];
  /** What `-i` is given, in place of all files: names of files and folders, and lists of hosts. Only then are variables asked for. */
  readonly sources?: readonly string[];
}

export interface AnsibleAnswer {
  /** As `ansible all --list-hosts` has them. */
  readonly hosts: readonly string[];
  /** Name, hosts and groups that stand directly in it, in the order in which Ansible keeps them. */
  readonly groups: readonly (readonly [string, readonly string[], readonly string[]])[];
  /** Of each pattern the hosts, as `ansible all --limit PATTERN --list-hosts` has them, or what is wrong with it. */
  readonly selected: readonly (readonly string[] | string)[];
  /** `ansible-inventory --graph`. */
  readonly graph: string;
  readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Why there is nothing. */
  readonly failure?: string;
}

/** Debian's Python, since Ansible is a package of Debian's. */
export const SYSTEM_PYTHON = '/usr/bin/python3';

export function askAnsible(questions: readonly AnsibleQuestion[]): readonly AnsibleAnswer[] {
  const { stdout, stderr, status } = spawnSync(SYSTEM_PYTHON, ['-c', PYTHON], {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: '/nonexistent',
      LC_ALL: 'C.UTF-8',
      ANSIBLE_LOCAL_TEMP: '/tmp',
      ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1',
    },
  });
  if (status !== 0) throw new Error(stderr);
  const answers: readonly AnsibleAnswer[] = JSON.parse(stdout);
  return answers;
}
