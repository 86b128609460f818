import { encodeModbusRequest } from '../../../host/src/drivers/modbus/encode-request.ts';
import { ERRORS } from '../../../host/src/errors.ts';
import type { LogEntry } from '../../../host/src/gateway/log.ts';
import type { Random } from '../../../tools/simulators/pump/random.ts';
import { type Answer, askerWasm, parseAnswer } from '../../lib/asker.ts';
import { assert } from '../../lib/suite.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { until } from '../../lib/until.ts';
import { answerFrame, type Misdeed, startEvilServer } from '../../peers/evil-modbus-server.ts';
import { openTcpPort } from '../../peers/tcp-port.ts';
import { HealthyReadings } from './healthy-readings.ts';
import { HostileClients } from './hostile-clients.ts';
import { HOSTILE_DEVICES, type HostileDevice } from './hostile-device.ts';
import { HostileLeaf } from './hostile-leaf.ts';
import { HostilePeer, ON_PORTS, ON_SOCKETS } from './hostile-peer.ts';

export type DeviceName = keyof typeof HOSTILE_DEVICES;
export const DEVICE_NAMES = Object.keys(HOSTILE_DEVICES) as DeviceName[];
const HEALTHY = 'healthy';
const ASK_AGAIN_MS = 5;

/** What a device adds to a deployment and to `gateway.json`. */
type Parts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
/** Every answer is told by a line of the log. */
const LIMITS = { logLinesPerSecond: 1_000 };

/** Answers that a module got from a hostile device. */
class Answers {
  readonly counts = new Map<string, number>();
  readonly newest: string[] = [];
  readonly wrong: string[] = [];
  readonly #device: HostileDevice;

  constructor(device: HostileDevice) {
    this.#device = device;
  }

  take(answer: Answer): void {
    const text = this.#device.show(answer);
    const kind = answer.status === 0 ? 'ok' : `${answer.status} ${answer.detail}`;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.newest[answer.index] = text;
    if (!this.#device.allowed.test(text)) this.wrong.push(`request ${answer.index}: ${text}`);
  }

  /** Whether the newest answer to each request is what a good device gives. */
  get isGood(): boolean {
    return this.#device.good.every((wanted, index) => wanted === '' || this.newest[index] === wanted);
  }
}

/** One gateway with a module for each hostile device, and one for a device that does what it should. */
export class Scene {
  readonly healthy = new HealthyReadings();
  readonly answers = Object.fromEntries(
    DEVICE_NAMES.map((name) => [name, new Answers(HOSTILE_DEVICES[name])]),
  ) as Record<DeviceName, Answers>;
  /** Lines of the host that have no code of ours, or tell of a module that failed. */
  readonly complaints: string[] = [];
  readonly #peers = new Map<DeviceName, HostilePeer | HostileClients | HostileLeaf>();
  readonly #closers: (() => Promise<void>)[] = [];
  #gateway: TestGateway | undefined;

  static async run(random: Random, rounds: number, body: (scene: Scene) => Promise<void>): Promise<void> {
    const scene = new Scene();
    try {
      await scene.#open(random, rounds);
      await body(scene);
    } finally {
      for (const close of scene.#closers.reverse()) await close();
    }
  }

  /** Misdeeds that a device has still to do. */
  left(name: DeviceName): number {
    return this.#peers.get(name)!.left;
  }

  /** What the status of the gateway says: of a hostile device, or of the healthy one. */
  async status(name: DeviceName | typeof HEALTHY): Promise<Record<string, unknown>> {
    const { devices } = await this.#gateway!.gateway.status();
    const key = name === 'web' ? `http://127.0.0.1:${(this.#peers.get(name) as HostilePeer).port}` : name;
    return devices[key] as Record<string, unknown>;
  }

  async assertModulesUntouched(): Promise<void> {
    const { modules } = await this.#gateway!.gateway.status();
    assert.deepEqual(
      modules.map(({ id, state, failures }) => [id, state, failures]).sort(),
      [...DEVICE_NAMES, HEALTHY].sort().map((name) => [name, 'running', 0]),
    );
  }

  async #open(random: Random, rounds: number): Promise<void> {
    const parts = [await this.#addHealthy()];
    for (const name of DEVICE_NAMES) parts.push(await this.#addHostile(name, random, rounds));
    const merged = (key: 'modules' | 'devices' | 'lines' | 'bluetooth') =>
      Object.assign({}, ...parts.map((part) => part[key]));
    const [devices, lines, bluetooth] = [merged('devices'), merged('lines'), merged('bluetooth')];
    const gateway = { deviceId: 'gw', devices, lines, bluetooth };
    const onLog = (entry: LogEntry): void => this.#take(entry);
    this.#gateway = await TestGateway.open({ modules: merged('modules'), routes: {}, gateway, onLog });
    const opened = this.#gateway;
    this.#closers.push(() => opened.close());
    assert.deepEqual(
      opened.problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    for (const [name, peer] of this.#peers) if (peer instanceof HostileClients) this.#send(peer, name);
  }

  /** Lets clients go at a listener as soon as it listens. */
  #send(clients: HostileClients, name: DeviceName): void {
    const attack = async (): Promise<void> => {
      const listens = async () => (await this.status(name))['port'] as number | undefined;
      await clients.attack(await until(`${name} to listen`, listens));
    };
    attack().catch((error: Error) => this.complaints.push(error.message));
  }

  async #addHealthy(): Promise<Parts> {
    const server = await startEvilServer(countUp);
    this.#closers.push(() => server.close());
    const polls = { all: { registers: ['holding:0-1'], intervalMs: 20 } };
    const request = encodeModbusRequest({ kind: 'subscribe', poll: Buffer.from('all') }, HEALTHY);
    return {
      modules: moduleOf(HEALTHY, 'modbus', [{ device: HEALTHY, poll: ['all'] }], [{ request, isSubscription: true }]),
      devices: {
        [HEALTHY]: { type: 'modbus-tcp', host: '127.0.0.1', port: server.port, timeoutMs: 10_000, polls },
      },
    };
  }

  async #addHostile(name: DeviceName, random: Random, rounds: number): Promise<Parts> {
    const { capability, answer, isSpared, ...device } = HOSTILE_DEVICES[name] as HostileDevice;
    if (device.peer === 'leaf') return this.#addLeaf(name, random);
    const isPort = device.peer === 'port';
    const options = { random, misdeeds: isPort ? ON_PORTS : ON_SOCKETS, rounds: device.rounds ?? rounds };
    const peer =
      device.peer === 'clients'
        ? new HostileClients({ ...options, good: answer(Buffer.of()) })
        : await HostilePeer.open({ ...options, answer, isSpared });
    this.#peers.set(name, peer);
    this.#closers.push(() => peer.close());
    const tcpPort = peer instanceof HostilePeer ? peer.port : 0;
    const port = isPort ? await openTcpPort(tcpPort) : undefined;
    if (port !== undefined) this.#closers.push(() => port.close());
    const grants = [device.grantOf(name, tcpPort)];
    return {
      modules: moduleOf(name, capability, grants, device.asksOf(name, tcpPort)),
      ...device.configOf(name, tcpPort, port?.path ?? ''),
    };
  }

  async #addLeaf(name: DeviceName, random: Random): Promise<Parts> {
    const { capability, answer, grantOf, asksOf, configOf } = HOSTILE_DEVICES[name] as HostileDevice;
    const leaf = await HostileLeaf.open(random, answer);
    this.#peers.set(name, leaf);
    this.#closers.push(() => leaf.close());
    return {
      modules: moduleOf(name, capability, [grantOf(name, 0)], asksOf(name, 0)),
      ...configOf(name, 0, leaf.path),
    };
  }

  #take({ module, text, code, level }: LogEntry): void {
    const answer = module === undefined ? undefined : parseAnswer(text);
    if (answer === undefined) {
      if (level < 6 && (code === undefined || !(code in ERRORS)) && !text.startsWith('write '))
        this.complaints.push(text);
    } else if (module === HEALTHY) this.healthy.take(answer);
    else this.answers[module as DeviceName].take(answer);
  }
}

function moduleOf(name: string, capability: string, grants: readonly unknown[], asks: Parameters<typeof askerWasm>[1]) {
  const wasm = askerWasm(capability, asks, { againAfterMs: ASK_AGAIN_MS });
  return { [name]: { wasm, settings: { grants: { [capability]: grants }, limits: LIMITS } } };
}

/** Register 0 holds how many requests came before, register 1 the same with all bits turned over. */
const countUp: Misdeed = (socket, { transaction, unitId, function: code }, index) => {
  const pdu = Buffer.from([code, 4, 0, 0, 0, 0]);
  pdu.writeUInt16BE(index & 0xffff, 2);
  pdu.writeUInt16BE(~index & 0xffff, 4);
  socket.write(answerFrame(transaction, unitId, pdu));
};
