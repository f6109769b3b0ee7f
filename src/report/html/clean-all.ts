import { clean } from '../../text/clean.js';

/** A paragraph of a policy; what is longer is cut. */
const MAX_TEXT = 4_000;

/** The same data with every text in it clean. For what JSON can hold: headers, summaries, waivers. */
export function cleanAll<Data>(data: Data): Data {
  return JSON.parse(
    JSON.stringify(data, (_, value: unknown) => (typeof value === 'string' ? clean(value, MAX_TEXT) : value)),
  );
}
