// The thread of the compiler. Plain JavaScript, without the loader that runs our TypeScript: that takes ten seconds for the 14 MB of the compiler.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import asc from 'assemblyscript/asc';

parentPort.on('message', async ({ args, sources }) => {
  let output = '';
  const stream = {
    write(chunk) {
      output += chunk;
      return true;
    },
  };
  const { error } = await asc.main(args, {
    stdout: stream,
    stderr: stream,
    readFile: async (name, folder) => sources[name] ?? (await readFile(join(folder, name), 'utf8').catch(() => null)),
  });
  parentPort.postMessage({ output: output.trim(), problem: error?.message });
});
