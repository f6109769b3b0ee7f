import type { Reading } from '../../model/reading.js';
import type { SupportData, SupportedRelease } from './schema.js';

/** What the data says of the thing that a machine runs, or the reading that stands for not knowing. */
export type Found =
  | { readonly data: SupportData; readonly release: SupportedRelease; readonly name: string }
  | { readonly none: Reading<never> };
