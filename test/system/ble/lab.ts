import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Characteristic, type Noble, type Peripheral, withBindings } from '@stoprocent/noble';
import { AirServer } from '../../../tools/simulators/ble/air-server.ts';
import { until } from '../../lib/until.ts';
import { LEAF } from './leaf-services.ts';
import { LineProcess } from './line-process.ts';

const POWER_MS = 10_000;
const SETTLE_MS = 10_000;

/** Controllers that hosts reach through ttys. */
export interface Adapters {
  ttyPath(controller: number): string;
  close(): Promise<void>;
}

/** Controllers with ttys in a temporary folder, and the hosts that a test puts behind them. Ends all of it. */
export class Lab<A extends Adapters = AirServer> {
  readonly server: A;
  readonly #nobles: Noble[] = [];
  readonly #processes: LineProcess[] = [];

  private constructor(server: A) {
    this.server = server;
  }

  /** On our virtual air. */
  static run(controllers: number, body: (lab: Lab) => Promise<void>): Promise<void> {
    return Lab.on((folder) => AirServer.open({ folder, controllers, hasTtys: true }), body);
  }

  /** On other controllers. */
  static async on<A extends Adapters>(
    open: (folder: string) => Promise<A>,
    body: (lab: Lab<A>) => Promise<void>,
  ): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-ble-'));
    try {
      const lab = new Lab(await open(folder));
      try {
        await body(lab);
      } finally {
        await lab.#close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** A central on noble behind a controller. */
  async central(controller = 0): Promise<Noble> {
    const uart = { port: this.server.ttyPath(controller), baudRate: 1_000_000 };
    const noble = withBindings('hci', { hciDriver: 'uart', bindParams: { uart } });
    this.#nobles.push(noble);
    await noble.waitForPoweredOnAsync(POWER_MS);
    return noble;
  }

  /** A process of bleno with a leaf `leaf-N` at each of these controllers. */
  async leaves(...controllers: number[]): Promise<LineProcess> {
    const args = controllers.map((controller) => `leaf-${controller}=${this.server.ttyPath(controller)}`);
    const leaves = this.start('test/system/ble/leaf.ts', args);
    for (const controller of controllers) await leaves.line('ready', (line) => line['name'] === `leaf-${controller}`);
    return leaves;
  }

  /** The simulated sensor behind a controller, at work. */
  async sensor(controller: number, options: readonly string[] = []): Promise<LineProcess> {
    const args = ['--tty', this.server.ttyPath(controller), '--end-with-stdin', ...options];
    const sensor = this.start('tools/simulators/ble/sensor.ts', args);
    await sensor.line('started');
    return sensor;
  }

  start(program: string, args: readonly string[]): LineProcess {
    const started = new LineProcess(program, args);
    this.#processes.push(started);
    return started;
  }

  async #close(): Promise<void> {
    for (const noble of this.#nobles) noble.stop();
    await Promise.allSettled([...this.#processes.map((process) => process.end()), this.server.close()]);
  }
}

/** Scans until this many different peripherals were found; gives them by name. */
export async function scan(
  noble: Noble,
  count: number,
  services = [LEAF.service as string],
): Promise<Map<string, Peripheral>> {
  const found = new Map<string, Peripheral>();
  const onDiscover = (peripheral: Peripheral): void => void found.set(peripheral.advertisement.localName, peripheral);
  noble.on('discover', onDiscover);
  await noble.startScanningAsync(services, false);
  await until(`${count} peripherals`, () => found.size >= count);
  await noble.stopScanningAsync();
  noble.removeListener('discover', onDiscover);
  return found;
}

/** Connects, and gives the characteristics of a service by their UUIDs. */
export async function connect(
  peripheral: Peripheral,
  service: string = LEAF.service,
): Promise<Record<string, Characteristic>> {
  await settled('connect', peripheral.connectAsync());
  const discovery = peripheral.discoverSomeServicesAndCharacteristicsAsync([service], []);
  const { characteristics } = await settled('discovery', discovery);
  return Object.fromEntries(characteristics.map((characteristic) => [characteristic.uuid, characteristic]));
}

/** noble has no deadlines, so every wait here gets one. */
export async function settled<T>(what: string, promise: Promise<T>, ms = SETTLE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
