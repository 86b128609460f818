import { run } from '@gatehouse/sdk';
import { Guard } from './guard';

export * from '@gatehouse/sdk/entry';

run(new Guard());
