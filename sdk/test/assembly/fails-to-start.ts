// Fails while it is being constructed.
import { Module, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

class FailsToStart extends Module {
  constructor() {
    super();
    throw new Error('no start');
  }
}

run(new FailsToStart());
