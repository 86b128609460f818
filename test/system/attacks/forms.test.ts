import { FAMILIES } from './attacks.ts';
import { testFamily } from './run-family.ts';

for (const name of ['shapes', 'names']) testFamily(name, FAMILIES[name] ?? []);
