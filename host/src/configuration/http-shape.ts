import { object, optional, text } from '../json/index.ts';

/** What holds for all requests of modules over HTTP. */
export const httpShape = object({
  ca: optional(
    text({ expected: 'the path of a certificate' }),
    "PEM file of the authorities to trust instead of Node's own, relative to this file.",
  ),
});
