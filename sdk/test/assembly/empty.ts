// Handles nothing.
import { Module, run } from '@gatehouse/sdk';

export * from '@gatehouse/sdk/entry';

run(new Module());
