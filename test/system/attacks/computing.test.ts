import { FAMILIES } from './attacks.ts';
import { testFamily } from './run-family.ts';

for (const name of ['endless', 'recursion', 'start-functions', 'growth', 'bulk'])
  testFamily(name, FAMILIES[name] ?? []);
