import { command } from './command.mjs';

command({ file: 'bench/soak.ts' });
