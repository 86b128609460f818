import { MethodCall, Module, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

/** Traps two calls deep, on a line that a test knows. */
function divide(dividend: i32, divisor: i32): i32 {
  return dividend / divisor;
}

class Trapping extends Module {
  onMethod(call: MethodCall): void {
    call.respond(divide(200, call.payload.byteLength));
  }
}

run(new Trapping());
