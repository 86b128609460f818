import type { DriverDescription } from '../description.ts';
import type { HttpGrant } from './grant.ts';
import { httpGrant } from './grant-shape.ts';

/** HTTP has no devices: a grant says itself where requests may go. */
export const httpDescription = {
  grant: {
    shape: httpGrant,
    items: 'grants of requests over HTTP',
    text: 'Requests over HTTP that the module may make.',
  },
} as const satisfies DriverDescription<HttpGrant>;
