/** How long something is waited for that may not come. */
export interface PatientTimer {
  /** Begins anew. */
  readonly renew: () => void;
  readonly end: () => void;
}

/** After the exit status of a command, what it left behind (a background process of an rc file) may keep its output open. */
export const AFTER_EXIT_MS = 1000;

const STEPS = 4;

/**
 * Calls once a time is over, in steps: on a machine that lets nobody run for as long, what has come meanwhile, or comes when the others
 * run again, is read first. A single timer would be the first to know.
 */
export function startPatience(ms: number, then: () => void): PatientTimer {
  let left = STEPS;
  const step = setTimeout(() => {
    left -= 1;
    if (left > 0) step.refresh();
    else then();
  }, ms / STEPS);
  return {
    renew: () => {
      // The step that has begun does not count: it may be as good as over.
      left = STEPS + 1;
    },
    end: () => clearTimeout(step),
  };
}
