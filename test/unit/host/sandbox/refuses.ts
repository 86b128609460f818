import { type ErrorCode, GatehouseError } from '../../../../host/src/errors.ts';
import { assert } from '../../../lib/suite.ts';

/** Fails unless the action throws an error with this code and at least these details. */
export function refuses(action: () => unknown, code: ErrorCode, details: Readonly<Record<string, unknown>> = {}): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof GatehouseError, String(error));
    assert.equal(error.code, code, error.message);
    for (const [name, value] of Object.entries(details))
      assert.deepEqual(error.details[name], value, `${name}: ${error.message}`);
    return true;
  });
}
