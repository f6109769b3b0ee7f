import { join } from 'node:path';

/** Where known fixes stand in kernward's own source. */
export const FIX_FOLDER = join('policies', 'kernel-fixes');
