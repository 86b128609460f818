// Measures kernels and modules in a process of its own, because the trap handler is chosen when a process starts.
// Arguments: the part of a name that they must contain. Prints each Measurement as a line of JSON when it is done.
import { KERNELS } from './kernels.ts';
import { measureKernel } from './measure-kernel.ts';
import { measureModule } from './measure-module.ts';
import { readyModules } from './ready-modules.ts';

const only = process.argv[2] ?? '';

for (const kernel of KERNELS) {
  if (kernel.name.includes(only)) console.log(JSON.stringify(await measureKernel(kernel)));
}
for (const module of readyModules()) {
  if (module.name.includes(only)) console.log(JSON.stringify(await measureModule(module)));
}
