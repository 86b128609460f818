import { run } from '@gatehouse/sdk';
import { Sensors } from './sensors';

export * from '@gatehouse/sdk/entry';

run(new Sensors());
