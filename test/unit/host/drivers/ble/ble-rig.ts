import type { Status } from '../../../../../host/src/abi/constants.ts';
import { BleDriver } from '../../../../../host/src/drivers/ble/ble-driver.ts';
import type { BleConfig, BlePeerConfig } from '../../../../../host/src/drivers/ble/config.ts';
import { type BleRequest, encodeBleRequest } from '../../../../../host/src/drivers/ble/request-codec.ts';
import type { WriteAudit } from '../../../../../host/src/drivers/driver.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { FakePeer, FakeRadio } from './fake-radio.ts';

export const PATH = { service: '181a', characteristic: '2a6e' };
export const addressOf = (number: number): string => `AA:00:00:00:00:${String(number).padStart(2, '0')}`;

export const peerConfig = (number: number, changes: Partial<BlePeerConfig> = {}): BlePeerConfig => ({
  ...{ type: 'ble', address: addressOf(number), timeoutMs: 100, connection: 'keep', idleMs: 1_000 },
  ...changes,
});

export interface BleAnswer {
  readonly status: Status;
  readonly detail: number;
  readonly payload: Uint8Array;
}

export interface BleRigOptions {
  readonly devices: Readonly<Record<string, BleConfig>>;
  readonly peers: readonly FakePeer[];
  readonly connections?: number;
}

/** A driver in a fake air, on a virtual clock. */
export class BleRig {
  readonly clock = new VirtualClock();
  readonly radios: FakeRadio[] = [];
  readonly audits: WriteAudit[] = [];
  readonly logs: string[] = [];
  readonly peers: readonly FakePeer[];
  readonly driver: BleDriver;
  /** Whether there is an adapter, and whether it does what it is told. */
  hasAdapter = true;
  obeys = true;
  #request = 0;

  constructor({ devices, peers, connections = 5 }: BleRigOptions) {
    this.peers = peers;
    this.driver = new BleDriver({
      bluetooth: { radio: { adapter: 'hci0' }, connections },
      devices,
      openRadio: (_config, events) => {
        const radio = new FakeRadio(events, peers, this.clock);
        radio.obeys = this.obeys;
        this.radios.push(radio);
        queueMicrotask(() => {
          if (radio.isClosed) return;
          if (this.hasAdapter) events.ready();
          else events.lost('it is not there');
        });
        return radio;
      },
      clock: this.clock,
      random: () => 0.5,
      events: {
        log: (_level, text) => this.logs.push(text),
        audit: (write) => this.audits.push(write),
        denied: () => undefined,
      },
    });
  }

  /** A rig with so many peers that are devices `peer-1` and on. */
  static async of(count: number, changes: Partial<BlePeerConfig> = {}, connections = 5): Promise<BleRig> {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const rig = new BleRig({
      devices: Object.fromEntries(numbers.map((number) => [`peer-${number}`, peerConfig(number, changes)])),
      peers: numbers.map((number) => new FakePeer(addressOf(number))),
      connections,
    });
    await rig.driver.open();
    await rig.pass(1_000);
    return rig;
  }

  get radio(): FakeRadio {
    return this.radios.at(-1)!;
  }

  get peer(): FakePeer {
    return this.peers[0]!;
  }

  ask(request: BleRequest, device = 'peer-1', module = 'm'): BleAnswer[] {
    const answers: BleAnswer[] = [];
    const answer = (status: Status, detail: number, payload: Uint8Array) => answers.push({ status, detail, payload });
    this.driver.request({ module, instance: 1, request: ++this.#request, answer }, encodeBleRequest(request, device));
    return answers;
  }

  read(device?: string, expiryMs = 5_000, module?: string): BleAnswer[] {
    return this.ask({ kind: 'read', path: PATH, expiryMs }, device, module);
  }

  write(data: readonly number[], device?: string, expiryMs = 5_000): BleAnswer[] {
    return this.ask({ kind: 'write', path: PATH, data: Uint8Array.from(data), withResponse: true, expiryMs }, device);
  }

  /** Asks, lets time pass until there is an answer, and gives it. */
  async answered(ask: () => BleAnswer[]): Promise<BleAnswer> {
    const answers = ask();
    for (let turn = 0; turn < 1_000 && answers.length === 0; turn++) await this.pass(10);
    return answers[0]!;
  }

  pass(ms: number, stepMs = 10): Promise<void> {
    return passOn(this.clock, ms, stepMs);
  }

  status(device = 'peer-1'): Record<string, unknown> {
    return this.driver.status()[device] as Record<string, unknown>;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
}

/** Lets the air and promises settle, and time pass in between. */
export async function passOn(clock: VirtualClock, ms: number, stepMs = 10): Promise<void> {
  await settle();
  for (let passed = 0; passed < ms || passed === 0; passed += stepMs) {
    clock.advance(Math.min(stepMs, ms - passed));
    await settle();
  }
}
