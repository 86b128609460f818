import { run } from '@gatehouse/sdk';
import { WebHook } from './web-hook';

export * from '@gatehouse/sdk/entry';

run(new WebHook());
