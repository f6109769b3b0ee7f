/**
 * Calls out after so long. A machine that slept, or a process that was stopped, hears first what was said meanwhile, which may
 * take the call back.
 *
 * @returns what takes it back
 */
export function callOutAfter(ms: number, callOut: () => void): () => void {
  let timer = setTimeout(() => {
    timer = setTimeout(callOut, Math.min(1000, ms));
  }, ms);
  return () => clearTimeout(timer);
}
