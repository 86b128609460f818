import { command } from './command.mjs';

command({ file: 'test/lib/run.ts' });
