export type { BundleOptions } from './bundle-files.ts';
export { type Bundle, makeBundle } from './make-bundle.ts';
