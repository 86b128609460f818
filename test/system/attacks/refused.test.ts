import { FAMILIES } from './attacks.ts';
import { testFamily } from './run-family.ts';

for (const name of ['refused-features', 'imports', 'json-files', 'manifest-lies'])
  testFamily(name, FAMILIES[name] ?? []);
