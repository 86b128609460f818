import { run } from '@gatehouse/sdk';
import { WindowStats } from './window-stats';

export * from '@gatehouse/sdk/entry';

run(new WindowStats());
