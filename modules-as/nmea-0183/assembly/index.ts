import { run } from '@gatehouse/sdk';
import { Receiver } from './receiver';

export * from '@gatehouse/sdk/entry';

run(new Receiver());
