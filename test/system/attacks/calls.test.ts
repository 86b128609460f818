import { FAMILIES } from './attacks.ts';
import { testFamily } from './run-family.ts';

for (const name of ['pointers', 'allocators', 'floods', 'json-inputs']) testFamily(name, FAMILIES[name] ?? []);
