// Fails in a different way for each method.
import { log, Message, MethodCall, Module, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Failures extends Module {
  private readonly list: Array<i32> = [1, 2, 3];
  private readonly kept: Array<Uint8Array> = [];

  onMethod(call: MethodCall): void {
    const name = call.name;
    if (name == 'assert') assert(this.list.length == 0, 'the list is not empty: ä€😀');
    if (name == 'throw') throw new Error('thrown');
    if (name == 'long') throw new Error('€'.repeat(1000));
    if (name == 'bare') assert(false);
    if (name == 'index') log.info(this.list[<i32>call.request].toString());
    if (name == 'memory') while (true) this.kept.push(new Uint8Array(1 << 20));
    if (name == 'loop') while (true) {}
    call.respond(200);
  }

  onMessage(message: Message): void {
    log.info('still here');
  }
}

run(new Failures());
