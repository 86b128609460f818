import type { Attack } from './attack.ts';
import { EFFECT_FLOODS } from './floods-of-effects.ts';
import { MESSAGE_FLOODS } from './floods-of-messages.ts';
import { REQUEST_FLOODS } from './floods-of-requests.ts';

/** More of everything than the limits allow. */
export const FLOODS: readonly Attack[] = [...MESSAGE_FLOODS, ...EFFECT_FLOODS, ...REQUEST_FLOODS];
