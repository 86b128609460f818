import { Message, Module, Output, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class Forward extends Module {
  private readonly out: Output = new Output('out');

  onMessage(message: Message): void {
    this.out.forward(message);
  }
}

run(new Forward());
