import type { Clock } from '../clock.ts';
import type { DriverEvents } from '../driver.ts';
import { type FailSafeState, FailSafeWatch } from './fail-safe-watch.ts';
import type { FailSafe, ModbusGrant } from './grant.ts';
import { failSafeRange } from './guard.ts';
import type { ModbusDevice } from './modbus-device.ts';
import { formatRange } from './register-range.ts';
import { singleWrite } from './request.ts';

export interface FailSafesOptions {
  readonly deviceOf: (name: string) => ModbusDevice | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: DriverEvents['log'];
}

interface Armed {
  readonly device: string;
  /** Address text. */
  readonly address: string;
  readonly watch: FailSafeWatch;
}

/** The writes that the host makes in the place of modules that are down. */
export class FailSafes {
  readonly #options: FailSafesOptions;
  /** By module, from when it went down until it is back. */
  readonly #armed = new Map<string, readonly Armed[]>();

  constructor(options: FailSafesOptions) {
    this.#options = options;
  }

  /** Begins to count for every fail-safe write of these grants. A module that is known to be down goes on counting. */
  begin(module: string, grants: readonly ModbusGrant[]): void {
    if (this.#armed.has(module)) return;
    const armed = grants.flatMap(({ device, failSafe }, index) =>
      failSafe === undefined ? [] : this.#arm(module, device, failSafe, `modbus[${index}].failSafe`),
    );
    if (armed.length === 0) return;
    this.#armed.set(module, armed);
    for (const { watch } of armed) watch.start();
  }

  end(module: string): void {
    const armed = this.#armed.get(module) ?? [];
    this.#armed.delete(module);
    for (const { watch } of armed) watch.end();
  }

  endAll(): void {
    for (const module of [...this.#armed.keys()]) this.end(module);
  }

  /** What is counted or written on a device, by module and address. */
  statusOf(device: string): { module: string; address: string; state: FailSafeState }[] {
    return [...this.#armed].flatMap(([module, armed]) =>
      armed
        .filter((each) => each.device === device)
        .map(({ address, watch }) => ({ module, address, state: watch.state })),
    );
  }

  #arm(module: string, deviceName: string, failSafe: FailSafe, path: string): Armed[] {
    const { deviceOf, clock, random, log } = this.#options;
    const device = deviceOf(deviceName);
    if (device === undefined) return [];
    const range = failSafeRange(failSafe, path);
    const address = formatRange(range);
    const request = singleWrite(range, failSafe.value);
    const what = `fail-safe write ${address} = ${failSafe.value} on "${deviceName}"`;
    const watch = new FailSafeWatch({
      afterMs: failSafe.afterSeconds * 1000,
      clock,
      random,
      begun: () => log('warning', `module "${module}" has been down for ${failSafe.afterSeconds} s: ${what}`),
      write: (ended) =>
        device.writeFailSafe(request, module, (confirmed) => {
          if (confirmed) log('info', `module "${module}" is down: ${what} is confirmed`);
          ended(confirmed);
        }),
    });
    return [{ device: deviceName, address, watch }];
  }
}
