// Entry of the cell's thread when the host runs from its sources: Node 20 does not hand loaders on to other threads.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
