import { fileURLToPath } from 'node:url';
import type { DemoArguments } from './arguments.ts';
import { BluetoothScene } from './bluetooth-scene.ts';
import { DemoBroker } from './broker.ts';
import { JsonLineProcess } from './json-line-process.ts';
import { Story } from './story.ts';
import { SENSOR_DEVICE, Workspace } from './workspace.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PUMP = 'tools/simulators/pump/main.ts';
/** The host as it is shipped; `npm start` has built it. */
const HOST = ['--disable-wasm-trap-handler', 'host/dist/gatehouse-host.js']; // the flag as in the first line of the command
const PUMP_START_MS = 15_000;

/** Broker, pump, Bluetooth sensor and host, started together and ended together, and the story of what they said. */
export class Demo {
  readonly story = new Story();
  /** Rejects when one of the processes is lost; otherwise stays pending. */
  readonly lost: Promise<never>;
  readonly #options: DemoArguments;
  readonly #hostProgram: readonly string[];
  readonly #startedMs = performance.now();
  #lose: (error: Error) => void = () => {};
  #broker: DemoBroker | undefined;
  #pump: JsonLineProcess | undefined;
  #host: JsonLineProcess | undefined;
  #bluetooth: BluetoothScene | undefined;
  #workspace: Workspace | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: DemoArguments, hostProgram: readonly string[]) {
    this.#options = options;
    this.#hostProgram = hostProgram;
    this.lost = new Promise((_, reject) => {
      this.#lose = reject;
    });
    this.lost.catch(() => {}); // also when nobody looks yet
  }

  /**
   * Makes a demonstration in which nothing runs yet; `start` does that, and `close` ends whatever runs. `hostProgram` are the
   * arguments for Node that make the host.
   */
  static create(options: DemoArguments, hostProgram: readonly string[] = HOST): Demo {
    return new Demo(options, hostProgram);
  }

  /** Milliseconds since the demonstration began; zero of the times in the story. */
  get nowMs(): number {
    return performance.now() - this.#startedMs;
  }

  get brokerPort(): number {
    return this.#broker?.port ?? 0;
  }

  get deviceId(): string {
    return this.#workspace?.deviceId ?? '';
  }

  /** Starts everything; rejects when a part does not start, but the sensor: without it the rest goes on. */
  async start(): Promise<void> {
    const { story } = this;
    this.#broker = await DemoBroker.open(this.#options.brokerPort, (arrival) => story.takeArrival(this.nowMs, arrival));
    const bluetooth = this.#createBluetooth();
    this.#bluetooth = bluetooth;
    const [pumpPort, bluetoothPort] = await Promise.all([this.#startPump(), bluetooth.open()]);
    if (this.#closing !== undefined) return;
    this.#workspace = Workspace.create({
      example: `${ROOT}/examples/pump`,
      brokerPort: this.#broker.port,
      pumpPort,
      keepFaulty: this.#options.keepFaulty,
      bluetoothPort,
    });
    if (bluetoothPort !== undefined) story.expectSensor(SENSOR_DEVICE);
    story.expectModules(this.#workspace.moduleBytes);
    this.#host = JsonLineProcess.start({
      name: 'the host',
      cwd: ROOT,
      args: [
        ...this.#hostProgram,
        ...['run', '--deployment', this.#workspace.deployment, '--gateway', this.#workspace.gateway],
        ...['--output', 'json', '--status-every', '1'],
      ],
      onLine: (line) => story.takeHost(this.nowMs, line),
      onLost: (message) => this.#lose(new Error(message)),
    });
    await bluetooth.startSensor(SENSOR_DEVICE);
  }

  /** Ends host, sensor, pump and broker, in this order, each within its deadline; a start that still goes on is given up. */
  close(): Promise<void> {
    this.#lose(new Error('the demonstration was ended'));
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const steps = [
      () => this.#host?.end(),
      () => this.#bluetooth?.close(),
      () => this.#pump?.end(),
      () => this.#broker?.close(),
      () => this.#workspace?.remove(),
    ];
    const errors: unknown[] = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'the demonstration did not end cleanly');
  }

  #createBluetooth(): BluetoothScene {
    return BluetoothScene.create({
      root: ROOT,
      seed: this.#options.seed,
      onMissing: (reason) => this.story.missSensor(this.nowMs, reason),
    });
  }

  async #startPump(): Promise<number> {
    const { fault, faultAfterSeconds, seed, pumpPort } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const started = new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('the pump does not start')), PUMP_START_MS);
      this.#pump = JsonLineProcess.start({
        name: 'the pump',
        cwd: ROOT,
        args: [
          ...['--import', 'tsx', PUMP, '--end-with-stdin', '--port', `${pumpPort}`, '--seed', `${seed}`],
          ...['--fault', fault, '--fault-after', `${faultAfterSeconds}`],
        ],
        onLine: (line) => {
          this.story.takePump(this.nowMs, line);
          if (line.kind === 'started') resolve(Number(line['port']));
        },
        onLost: (message) => this.#lose(new Error(message)),
      });
    });
    try {
      return await Promise.race([started, this.lost]);
    } finally {
      clearTimeout(timer);
    }
  }
}
