import type { Status } from '../../../host/src/abi/constants.ts';
import { BleDriver, openNobleRadio } from '../../../host/src/drivers/ble/ble-driver.ts';
import { type BleRequest, encodeBleRequest } from '../../../host/src/drivers/ble/request-codec.ts';
import { type Clock, systemClock } from '../../../host/src/drivers/clock.ts';
import { Lab } from './lab.ts';
import { type Answering, RawPeer } from './raw-peer.ts';

export const PATH = { service: '181a', characteristic: '2a6e' };
const TIMEOUT_MS = 500;

export interface RawBenchOptions {
  readonly clock?: Clock;
  readonly timeoutMs?: number;
}

interface Answer {
  readonly status: Status;
  readonly detail: number;
  readonly payload: Uint8Array;
}

/** A driver over noble with a raw peer as its only device. */
export class RawBench {
  readonly peer: RawPeer;
  readonly driver: BleDriver;
  /** What was logged. */
  readonly codes: readonly (string | undefined)[];

  private constructor(peer: RawPeer, driver: BleDriver, codes: readonly (string | undefined)[]) {
    this.peer = peer;
    this.driver = driver;
    this.codes = codes;
  }

  static run(
    answering: Answering,
    body: (bench: RawBench) => Promise<void>,
    { clock = systemClock, timeoutMs = TIMEOUT_MS }: RawBenchOptions = {},
  ): Promise<void> {
    return Lab.run(2, async (lab) => {
      const peer = await RawPeer.open(lab.server.ttyPath(1), answering);
      const codes: (string | undefined)[] = [];
      const config = {
        type: 'ble',
        address: '00:AA:01:00:00:01',
        timeoutMs,
        connection: 'keep',
        idleMs: 0,
      } as const;
      const driver = new BleDriver({
        bluetooth: { radio: { port: lab.server.ttyPath(0), baudRate: 1_000_000 }, connections: 1 },
        devices: { peer: config },
        openRadio: openNobleRadio(),
        clock,
        events: {
          log: (_level, _text, code) => codes.push(code),
          audit: () => undefined,
          denied: () => undefined,
        },
      });
      await driver.open();
      try {
        await body(new RawBench(peer, driver, codes));
      } finally {
        await driver.close();
        await peer.close();
      }
    });
  }

  ask(request: BleRequest, module = 'm'): Promise<Answer> {
    return new Promise((resolve) => {
      const answer = (status: Status, detail: number, payload: Uint8Array) => resolve({ status, detail, payload });
      this.driver.request({ module, instance: 1, request: 1, answer }, encodeBleRequest(request, 'peer'));
    });
  }

  read(): Promise<Answer> {
    return this.ask({ kind: 'read', path: PATH, expiryMs: 8_000 });
  }

  write(data: Uint8Array): Promise<Answer> {
    return this.ask({ kind: 'write', path: PATH, data, withResponse: true, expiryMs: 8_000 });
  }

  status(): Record<string, number> {
    return this.driver.status()['peer'] as Record<string, number>;
  }
}
