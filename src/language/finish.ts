/** Goes through with what pauses now and then, without a pause. */
export function finish<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Goes through with it, and waits at each pause, so that others have their turn. @throws what the work throws */
export async function finishInTurns<Result>(
  work: Generator<unknown, Result>,
  myTurn: () => Promise<void>,
): Promise<Result> {
  for (;;) {
    await myTurn();
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
