import { command } from './command.mjs';

command({ file: 'bench/run.ts' });
