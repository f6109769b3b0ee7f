/** `web[1:3]:2222` is names and a port; what stands before the port is not parsed here. */
export interface NamesAndPort {
  readonly names: string;
  readonly port: number | undefined;
}

const FORMS = [/^\[(?<names>.+)\]:(?<port>\d+)$/, /^(?<names>(?:[^:[\]]|\[[^\]]*\])+):(?<port>\d+)$/];

/** @see https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#inventory-aliases */
export function namesAndPort(pattern: string): NamesAndPort {
  // Most have no port.
  if (pattern.includes(':'))
    for (const form of FORMS) {
      const { names, port } = form.exec(pattern)?.groups ?? {};
      if (names !== undefined && port !== undefined) return { names, port: Number(port) };
    }
  return { names: pattern, port: undefined };
}
