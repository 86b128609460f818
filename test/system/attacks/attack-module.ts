import { appendCustomSection } from '../../../tools/src/module-build/index.ts';
import type { TestModule } from '../../lib/deployment.ts';
import { compileWats } from '../../lib/wat.ts';
import type { Attack } from './attack.ts';

/** The modules of attacks as a deployment takes them, by name; all texts are compiled in one go. */
export function attackModules(attacks: readonly Attack[]): Record<string, TestModule> {
  const texts = attacks.flatMap(({ module }) => (typeof module === 'string' ? [module] : []));
  const compiled = new Map(compileWats(texts).map((wasm, index) => [texts[index], wasm]));
  return Object.fromEntries(
    attacks.map((attack) => {
      const { module, settings } = attack;
      const wasm = typeof module === 'string' ? (compiled.get(module) as Uint8Array) : module();
      return [attack.name, { wasm: described(wasm, attack), ...(settings === undefined ? {} : { settings }) }];
    }),
  );
}

function described(wasm: Uint8Array, { name, description }: Attack): Uint8Array {
  if (description === undefined) return wasm;
  const bytes =
    description instanceof Uint8Array
      ? description
      : new TextEncoder().encode(
          typeof description === 'string' ? description : JSON.stringify({ name, version: '1.0.0', ...description }),
        );
  return appendCustomSection(wasm, 'gatehouse.manifest', bytes);
}

/** Routes of attacks, by name. */
export const attackRoutes = (attacks: readonly Attack[]): Record<string, string> =>
  Object.assign({}, ...attacks.map(({ routes }) => routes));

/** What the gateway has beside modules: a device that nobody answers for. */
export const ATTACKED_GATEWAY = {
  deviceId: 'gateway',
  devices: {
    pump: {
      type: 'modbus-tcp',
      host: '127.0.0.1',
      port: 1,
      polls: { fast: { registers: ['holding:0-3'], intervalMs: 100 } },
    },
  },
};
