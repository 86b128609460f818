import { Answer } from './events/answer';
import { Desired } from './events/desired';
import { Message } from './events/message';
import { MethodCall } from './events/method-call';
import { Start } from './events/start';
import { Stop } from './events/stop';
import { TimerEvent } from './events/timer';

/**
 * What a module is: override what you handle, and pass one object to `run`. Each handler is a transaction [ABI-3]: what
 * it emits, writes, requests and reports takes effect when it returns, and none of it if it traps or calls `refuse`.
 * Fields of the module are not part of the transaction; `kv` is.
 *
 * ```ts
 * import { Message, Module, Output, run } from '@gatehouse/sdk';
 * export * from '@gatehouse/sdk/entry';
 *
 * class Forward extends Module {
 *   private readonly out: Output = new Output('out');
 *
 *   onMessage(message: Message): void {
 *     this.out.forward(message);
 *   }
 * }
 *
 * run(new Forward());
 * ```
 */
export class Module {
  /** The first event; the complete desired properties follow. */
  onStart(start: Start): void {}

  /** A message on one of the module's inputs. */
  onMessage(message: Message): void {}

  /** A timer of the module is due. */
  onTimer(timer: TimerEvent): void {}

  /** Desired properties, complete or a patch. */
  onDesired(desired: Desired): void {}

  /** A direct method. Unless overridden, calls are refused and the caller gets status 500. */
  onMethod(call: MethodCall): void {
    refuse();
  }

  /** The answer to a device request. */
  onAnswer(answer: Answer): void {}

  /** The last event. */
  onStop(stop: Stop): void {}
}

/** What `gatehouse_handle` returns for the event at hand. */
export let refusal: i32 = 0;

/** Begins an event that is not refused. */
export function clearRefusal(): void {
  refusal = 0;
}

/**
 * Refuses the event at hand: when the handler returns, all its effects are discarded, the event counts as refused and is
 * consumed, and the instance goes on [ABI-3.3]. The handler itself is not interrupted.
 *
 * ```ts
 * import { Message, refuse } from '@gatehouse/sdk';
 *
 * export function check(message: Message): void {
 *   if (!message.json().exists) refuse();
 * }
 * ```
 */
export function refuse(): void {
  refusal = 1;
}
