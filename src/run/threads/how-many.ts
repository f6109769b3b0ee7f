/** How many threads are to ask hosts: so many, or what the machine and the fleet are worth. */
export type Workers = number | 'auto';

/**
 * A thread takes one to two seconds of CPU until it is warm, a quarter more than one thread takes for all of 1,000 hosts: what it asks
 * has to be worth that.
 */
const WORTH_A_THREAD = 1000;
/** The one that starts, counts and writes takes a third of what each of two takes for as many hosts. */
const MOST = 8;

/**
 * @param hosts that are asked
 * @param cores of the machine that this process may use
 * @returns 1: they are asked by the thread that everything else is done in
 */
export function threadsFor(workers: Workers, hosts: number, cores: number): number {
  if (workers !== 'auto') return Math.max(1, Math.min(workers, hosts));
  return Math.max(1, Math.min(cores, MOST, Math.floor(hosts / WORTH_A_THREAD)));
}
