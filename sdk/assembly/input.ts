import { Message } from './events/message';
import * as host from './imports/message';
import { encodeToScratch, scratchOf } from './utf8';

/**
 * A named input, for modules with more than one [ABI-4.2]. Make it once, as a field of the module or a global; the host
 * is asked for its id at the first use.
 *
 * ```ts
 * import { Input, Message, Module } from '@gatehouse/sdk';
 *
 * class Two extends Module {
 *   private readonly readings: Input = new Input('readings');
 *
 *   onMessage(message: Message): void {
 *     if (!this.readings.is(message)) return;
 *   }
 * }
 * ```
 */
export class Input {
  private id: i32 = -1;

  /** Names the input: 1 to 128 bytes of `A-Z a-z 0-9 . _ -`, one that the module's description lists if it lists any. */
  constructor(readonly name: string) {}

  /** Whether the message came in here. */
  is(message: Message): bool {
    if (this.id < 0) {
      const bytes = encodeToScratch(this.name);
      this.id = host.input(scratchOf(0), bytes);
    }
    return message.input == <u32>this.id;
  }
}
