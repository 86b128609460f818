import * as host from '../imports/method';
import { JsonValue, parseInPlace } from '../json/json-value';
import { JsonWriter } from '../json/json-writer';
import { decode } from '../utf8';
import { align8, Event } from './event';

// ╒═════════════╤════════════╤═══════════════╤═════╤══════════════╤═════════╕
// │ request u32 │ name bytes │ payload bytes │ 0   │ name, Align8 │ payload │
// │             │ u32        │ u32           │ u32 │              │ JSON    │
// └─────────────┴────────────┴───────────────┴─────┴──────────────┴─────────┘
//  24            28           32              36    40

/**
 * A direct method is called [ABI-5.7]. A handler that returns without a response leaves it pending, for
 * `respondToMethod` in a later event; one that refuses or traps answers it with status 500.
 *
 * ```ts
 * import { JsonWriter, MethodCall, Module } from '@gatehouse/sdk';
 *
 * class Counter extends Module {
 *   private count: i32 = 0;
 *
 *   onMethod(call: MethodCall): void {
 *     if (call.name != 'reset') {
 *       call.respond(404);
 *       return;
 *     }
 *     call.respond(200, JsonWriter.object().set('before', this.count));
 *     this.count = 0;
 *   }
 * }
 * ```
 */
@unmanaged
export class MethodCall extends Event {
  /** Id of the call, for `respondToMethod`. */
  readonly request: u32;
  private readonly nameBytes: u32;
  private readonly payloadBytes: u32;
  private readonly reserved: u32;

  /** Name of the method. */
  get name(): string {
    return decode(changetype<usize>(this) + 40, this.nameBytes);
  }

  /** The payload; missing (`exists` is false) if it is empty. Valid until the handler returns. */
  get payload(): JsonValue {
    return parseInPlace(changetype<usize>(this) + 40 + align8(this.nameBytes), this.payloadBytes);
  }

  /**
   * Answers the call, once. `status` is 1 or more, 200 for success by custom. Returns `NotFound` if it was answered
   * before or its time has passed.
   */
  respond(status: i32, payload: JsonWriter | null = null): i32 {
    return respondToMethod(this.request, status, payload);
  }
}

/**
 * Answers a direct method in a later event than the call itself. Status, payload and what is returned are those of
 * `MethodCall.respond`.
 *
 * ```ts
 * import { Answer, JsonWriter, MethodCall, ModbusDevice, Module, respondToMethod } from '@gatehouse/sdk';
 *
 * class Remote extends Module {
 *   private readonly pump: ModbusDevice = new ModbusDevice('pump');
 *   private caller: u32 = 0;
 *   private write: i32 = 0;
 *
 *   onMethod(call: MethodCall): void {
 *     this.caller = call.request;
 *     this.write = this.pump.writeRegister(10, <u16>call.payload.get('speed').i32(), 500);
 *     if (this.write < 0) call.respond(403);
 *   }
 *
 *   onAnswer(answer: Answer): void {
 *     if (answer.request != this.write) return;
 *     respondToMethod(this.caller, 200, JsonWriter.object().set('status', answer.status).set('exception', answer.detail));
 *   }
 * }
 * ```
 */
export function respondToMethod(request: u32, status: i32, payload: JsonWriter | null = null): i32 {
  if (payload === null) return host.respond(request, status, 0, 0);
  payload.finish();
  return host.respond(request, status, payload.pointer, payload.byteLength);
}
