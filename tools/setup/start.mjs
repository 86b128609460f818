import { command } from './command.mjs';

command({ file: 'tools/src/demo/main.ts' });
