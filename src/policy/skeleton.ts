/** Whether a policy may be called so: lower-case words joined by dashes, and room for a rule's name after it. */
export function isPolicyId(text: string): boolean {
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && text.length <= 60;
}

/** A policy with one rule that passes `policy lint --strict` and `policy test`, to be changed into one's own. */
export function policySkeleton(id: string): string {
  return `policy: ${id}
title: What we ask of our machines
# What kernward does not know of: any sysctl in one line, and more in docs/reference/declared-facts.md.
# kernward facts has what it knows.
facts:
  sysctl.vm.swappiness: { type: int, range: [0, 200], title: How willingly the kernel swaps }
rules:
  - id: ${id}-swappiness
    title: Little is swapped
    severity: medium
    requires: sysctl.vm.swappiness <= 10
    because: vm.swappiness is {sysctl.vm.swappiness}, and the machine swaps early
    rationale: A machine that swaps early is slow long before it is out of memory.
    remediation:
      summary: Set vm.swappiness to 10.
      sysctl: { vm.swappiness: 10 }
      mayBreak: Machines that rely on swap to hold more than their memory.
    references: [https://docs.kernel.org/admin-guide/sysctl/vm.html#swappiness]
    cases:
      - { name: little, facts: { sysctl.vm.swappiness: 1 }, gives: pass }
      - { name: the kernel's default, facts: { sysctl.vm.swappiness: 60 }, gives: fail }
      - { name: it could not be read, facts: { sysctl.vm.swappiness: { unreadable: denied } }, gives: unknown }
`;
}
