/** One fleet of any size in each form that kernward reads; fifty hosts a group, each with an address, a port and a variable of its own. */
export interface LargeInventory {
  readonly form: string;
  readonly file: string;
  readonly text: string;
  readonly isKnownToAnsible: boolean;
}

interface FleetHost {
  readonly name: string;
  readonly address: string;
}

const A_GROUP = 50;

function fleet(hosts: number): ReadonlyMap<string, readonly FleetHost[]> {
  const groups = new Map<string, FleetHost[]>();
  for (let index = 0; index < hosts; index += 1) {
    const name = `rack${Math.floor(index / A_GROUP)}`;
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push({
      name: `host${String(index).padStart(6, '0')}.example.com`,
      address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    });
  }
  return groups;
}

function each(
  toText: (host: FleetHost, group: string) => string,
  group: string,
  members: readonly FleetHost[],
): string {
  return members.map((host) => toText(host, group)).join('');
}

export function largeInventories(hosts: number): readonly LargeInventory[] {
  const groups = [...fleet(hosts)];
  const native = groups.map(
    ([group, members]) =>
      `  ${group}:\n    hosts:\n${each(({ name, address }) => `      - { name: ${name}, address: ${address}, port: 22, labels: { owner: team-${group} } }\n`, group, members)}`,
  );
  const ini = groups.map(
    ([group, members]) =>
      `[${group}]\n${each(({ name, address }) => `${name} ansible_host=${address} ansible_port=22 owner=team-${group}\n`, group, members)}\n`,
  );
  const yaml = groups.map(
    ([group, members]) =>
      `    ${group}:\n      hosts:\n${each(({ name, address }) => `        ${name}: { ansible_host: ${address}, ansible_port: 22, owner: team-${group} }\n`, group, members)}`,
  );
  const hostvars = groups.flatMap(([group, members]) =>
    members.map(({ name, address }) => [name, { ansible_host: address, ansible_port: 22, owner: `team-${group}` }]),
  );
  const list = {
    _meta: { hostvars: Object.fromEntries(hostvars) },
    ...Object.fromEntries(groups.map(([group, members]) => [group, { hosts: members.map(({ name }) => name) }])),
  };
  const names = groups.flatMap(([, members]) => members.map(({ name }) => name));
  return [
    { form: "kernward's own", file: 'inventory.yaml', text: `groups:\n${native.join('')}`, isKnownToAnsible: false },
    { form: "Ansible's INI", file: 'hosts.ini', text: ini.join(''), isKnownToAnsible: true },
    { form: "Ansible's YAML", file: 'hosts.yml', text: `all:\n  children:\n${yaml.join('')}`, isKnownToAnsible: true },
    {
      form: 'list of ansible-inventory',
      file: 'list.json',
      text: JSON.stringify(list, null, 2),
      isKnownToAnsible: false,
    },
    { form: 'names, one a line', file: 'names', text: `${names.join('\n')}\n`, isKnownToAnsible: true },
    {
      form: 'one range',
      file: 'range',
      text: `host[000000:${String(hosts - 1).padStart(6, '0')}].example.com\n`,
      isKnownToAnsible: true,
    },
  ];
}
