import type { Lender } from '../../transports/loan/lender.js';
import type { FromThread, ToThread } from './messages.js';

type Call = Extract<FromThread, { readonly kind: 'call' }>;
type Answer = Extract<ToThread<never>, { readonly kind: 'answer' | 'refused' }>;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (why: Error) => void;
}

/** The lender as another thread sees it: each call is a message, and its answer another. */
export function createBorrower(send: (call: Call) => void): {
  readonly lender: Lender;
  readonly answered: (answer: Answer) => void;
} {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const ask = <T>(name: keyof Lender, given: readonly unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      send({ kind: 'call', call: last, name, given });
    });
  return {
    lender: {
      judge: (...given) => ask('judge', given),
      remember: (...given) => ask('remember', given),
      holds: (...given) => ask('holds', given),
      keysFor: (...given) => ask('keysFor', given),
      heldForOpenssh: (...given) => ask('heldForOpenssh', given),
      sign: (...given) => ask('sign', given),
      resolve: (...given) => ask('resolve', given),
    },
    answered: (answer) => {
      const asked = waiting.get(answer.call);
      waiting.delete(answer.call);
      if (answer.kind === 'refused') asked?.reject(new Error(answer.message));
      else asked?.resolve(answer.value);
    },
  };
}
