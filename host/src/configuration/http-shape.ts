import { object, optional } from '../json/index.ts';
import { localPath } from '../json/local-path.ts';

/** What holds for all requests of modules over HTTP. */
export const httpShape = object({
  ca: optional(
    localPath('a certificate'),
    "PEM file of the authorities to trust instead of Node's own, relative to this file.",
  ),
});
