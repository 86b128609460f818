// The same module without any JSON, for what the runtime, the SDK and a call cost by themselves.
import { Message, Module, Output, run, TimerEvent } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Bench extends Module {
  private readonly out: Output = new Output('out');

  onMessage(message: Message): void {
    if (message.bodyBytes == 0) throw new Error('nothing read');
  }

  onTimer(timer: TimerEvent): void {
    const at = changetype<usize>(timer);
    this.out.emitRaw(1, 0, 0, at, timer.length);
  }
}

run(new Bench());
