import { suggest } from './suggest.js';

/** `did you mean high?`; where nothing is near, what else helps. */
export const didYouMean = (name: string, candidates: Iterable<string>, otherwise: string): string => {
  const near = suggest(name, candidates);
  return near === undefined ? otherwise : `did you mean ${near}?`;
};
