import { OWN_FILES } from './own-files.js';

const manifest: { readonly version: string } = JSON.parse(OWN_FILES.read('package.json')?.toString() ?? '{}');
export const VERSION = manifest.version;
