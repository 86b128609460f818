import { run } from '@gatehouse/sdk';
import { Translator } from './translator';

export * from '@gatehouse/sdk/entry';

run(new Translator());
