import { STATUS } from '../../abi/constants.ts';
import type { RequestGuard } from '../request-guard.ts';
import { answerPayloadBytes } from './answer-codec.ts';
import type { HttpGrant } from './grant.ts';
import { HTTP_REQUEST_BYTES, isWellFormed } from './request-codec.ts';
import { compileRules, OVER_LIMIT, ruleFor } from './rules.ts';

/**
 * Compiles what a module is granted into the function that checks its requests in the cell.
 *
 * @throws GatehouseError GRANT_INVALID for an origin that is none; `check` has found it before
 */
export function compileHttpGuard(grants: readonly HttpGrant[]): RequestGuard {
  const rules = compileRules(grants);
  return {
    requestBytes: HTTP_REQUEST_BYTES,
    answerBytes: answerPayloadBytes(Math.max(0, ...grants.map(({ answerBytes }) => answerBytes))),
    judge(payload) {
      if (!isWellFormed(payload)) return STATUS.invalid;
      const rule = ruleFor(rules, payload);
      if (rule >= 0) return STATUS.ok;
      return rule === OVER_LIMIT ? STATUS.limit : STATUS.denied;
    },
    isSubscription: () => false,
  };
}
