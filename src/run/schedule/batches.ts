/** How large a batch is: hosts, or percent of all hosts. */
export type BatchSize = { readonly hosts: number } | { readonly percent: number };

/**
 * As Ansible's `serial`: a share is rounded down, and never less than one host.
 *
 * @see _get_serialized_batches in lib/ansible/executor/playbook_executor.py
 */
function hostsIn(size: BatchSize, all: number): number {
  return 'hosts' in size ? size.hosts : Math.max(1, Math.floor((size.percent * all) / 100));
}

/**
 * Cuts the items into batches, in order. The sizes hold one after another, the last of them for all that is left; none:
 * one batch of everything.
 */
export function* toBatches<T>(items: readonly T[], sizes: readonly BatchSize[]): Generator<readonly T[]> {
  let start = 0;
  for (let batch = 0; start < items.length; batch++) {
    const size = sizes[Math.min(batch, sizes.length - 1)];
    const end = size === undefined ? items.length : Math.min(items.length, start + hostsIn(size, items.length));
    yield items.slice(start, end);
    start = end;
  }
}
