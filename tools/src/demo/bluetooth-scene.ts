import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AirServer } from '../../simulators/ble/air-server.ts';
import { missingForBluetooth, surroundings } from './bluetooth-needs.ts';
import { JsonLineProcess } from './json-line-process.ts';

const SENSOR = 'tools/simulators/ble/sensor.ts';
const GATEWAY = 0; // controllers of the air
const LEAF = 1;

export interface BluetoothSceneOptions {
  /** Folder of the repository. */
  readonly root: string;
  readonly seed: number;
  /** Told when something of it cannot be had, or is lost. It never ends the demonstration. */
  readonly onMissing: (reason: string) => void;
}

/** The virtual Bluetooth air, and the sensor in it; where something for it is missing, nothing at all. */
export class BluetoothScene {
  readonly #options: BluetoothSceneOptions;
  #folder: string | undefined;
  #opening: Promise<AirServer> | undefined;
  #sensor: JsonLineProcess | undefined;
  #isClosing = false;

  private constructor(options: BluetoothSceneOptions) {
    this.#options = options;
  }

  /** Makes a scene in which nothing runs yet. */
  static create(options: BluetoothSceneOptions): BluetoothScene {
    return new BluetoothScene(options);
  }

  /** Makes the air; gives the serial port of the gateway's adapter, or undefined when there is no air. */
  async open(): Promise<string | undefined> {
    const missing = missingForBluetooth(surroundings());
    try {
      if (missing !== undefined) throw new Error(missing);
      const folder = mkdtempSync(join(tmpdir(), 'gatehouse-air-'));
      this.#folder = folder;
      this.#opening = openAir(folder);
      return (await this.#opening).ttyPath(GATEWAY);
    } catch (error) {
      this.#missing((error as Error).message);
      return undefined;
    }
  }

  /** Puts the sensor into an open air; nothing waits for it. */
  async startSensor(name: string): Promise<void> {
    const air = await this.#opening?.catch(() => undefined);
    if (air === undefined || this.#isClosing) return;
    const tty = air.ttyPath(LEAF);
    this.#sensor = JsonLineProcess.start({
      name: 'the sensor',
      cwd: this.#options.root,
      args: [
        '--import',
        'tsx',
        SENSOR,
        '--end-with-stdin',
        '--tty',
        tty,
        '--name',
        name,
        '--seed',
        `${this.#options.seed}`,
      ],
      onLine: () => {},
      onLost: (message) => {
        this.#missing(message.replace(/\s+/g, ' '));
        // A controller behind a serial line does not notice that its host ended; a sensor that breaks takes it along.
        air.unplug(LEAF).catch(() => {});
      },
    });
  }

  /** Ends the sensor, then the air; the gateway should have ended before. */
  async close(): Promise<void> {
    this.#isClosing = true;
    try {
      await this.#sensor?.end();
      const air = await this.#opening?.catch(() => undefined);
      await air?.close();
    } finally {
      if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  #missing(reason: string): void {
    if (!this.#isClosing) this.#options.onMissing(reason);
  }
}

/** Loaded only where it can run. */
async function openAir(folder: string): Promise<AirServer> {
  const air = await import('../../simulators/ble/air-server.ts');
  return air.AirServer.open({ folder, controllers: 2, hasTtys: true });
}
