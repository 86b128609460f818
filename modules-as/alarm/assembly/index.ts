import { run } from '@gatehouse/sdk';
import { Alarms } from './alarms';

export * from '@gatehouse/sdk/entry';

run(new Alarms());
