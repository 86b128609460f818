import { VARIANTS } from './measure-kernel.ts';
import { combine, type Measurement } from './measurement.ts';
import { instantiatePair } from './metered-pair.ts';
import { ModuleDriver } from './module-driver.ts';
import { timePairs } from './paired-timing.ts';
import type { ReadyModule } from './ready-modules.ts';

const CHECKED_EVENTS = 1_000;

/** Times a whole module with and without metering, the host's part of a call included. Throws if they do not emit the same. */
export async function measureModule({ name, wasm, opening, events }: ReadyModule): Promise<Measurement> {
  const timings = [];
  let fuel = 0;
  for (let variant = 0; variant < VARIANTS; variant++) {
    const drivers: ModuleDriver[] = [];
    const pair = instantiatePair(wasm, variant, () => {
      const driver = new ModuleDriver(wasm);
      drivers.push(driver);
      return driver.imports;
    });
    const [plain, metered] = drivers as [ModuleDriver, ModuleDriver];
    plain.attach(pair.plain);
    metered.attach(pair.metered);
    for (const driver of drivers) driver.deliver(opening);
    pair.takeFuel();
    for (const driver of drivers) driver.deliver(events, CHECKED_EVENTS);
    fuel = pair.takeFuel() / CHECKED_EVENTS;
    if (plain.emittedBytes === 0 || plain.emittedBytes !== metered.emittedBytes) {
      throw new Error(`${name} emits ${metered.emittedBytes} bytes with metering and ${plain.emittedBytes} without`);
    }
    timings.push(
      await timePairs(
        (n) => plain.deliver(events, n),
        (n) => metered.deliver(events, n),
      ),
    );
  }
  return combine({ name, kind: 'module' }, timings, fuel);
}
