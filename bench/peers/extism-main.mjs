// Calls a module behind Extism for the bench `peers`. The first message says which module, how long its input is, and whether it runs in
// Extism's worker; each further one for how long to call it, and is answered with the calls of a second, as `Rates`.
import { createPlugin } from '@extism/extism';

/** Its table of blocks overflows after 32,768. */
const RESET_EVERY = 4_000;

let plugin;
let body;
let calls = 0;

process.on('message', async ({ wasm, bodyBytes, runInWorker, ms }) => {
  if (wasm !== undefined) {
    plugin = await createPlugin({ wasm: [{ data: wasm }] }, { useWasi: false, runInWorker });
    body = new Uint8Array(bodyBytes).map((_, index) => index);
    const echoed = (await plugin.call('echo', body)).bytes();
    if (Buffer.compare(echoed, body) !== 0) throw new Error('the module does not echo');
    process.send({});
  } else {
    process.send(await run(ms));
  }
});

async function run(ms) {
  const before = calls;
  const [began, used] = [performance.now(), process.cpuUsage()];
  while (performance.now() - began < ms) {
    for (let batch = 0; batch < 100; batch++) {
      if (++calls % RESET_EVERY === 0) await plugin.reset();
      const result = await plugin.call('echo', body);
      if (result.bytes().byteLength !== body.byteLength) throw new Error('the module lost something');
    }
  }
  const { user, system } = process.cpuUsage(used);
  const count = calls - before;
  return {
    perSecond: (count / (performance.now() - began)) * 1000,
    perProcessorSecond: (count / (user + system)) * 1e6,
  };
}
