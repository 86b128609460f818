import { crc16 } from '../../../../host/src/drivers/modbus/rtu/crc16.ts';
import type { OpenTransport, Transport, TransportEvents } from '../../../../host/src/drivers/modbus/transport.ts';
import { goodPdu } from '../../../peers/good-pdu.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A frame around a PDU, as a unit sends it. */
export function rtuFrame(unitId: number, pdu: Uint8Array): Buffer {
  const body = Buffer.from([unitId, ...pdu]);
  const crc = crc16(body, 0, body.length);
  return Buffer.concat([body, Buffer.from([crc & 0xff, crc >> 8])]);
}

/** The right answer to a request: register n of unit u holds 100 * u + n, all bits are 0, writes are confirmed. */
export function rtuAnswer(frame: Buffer): Buffer {
  const unitId = frame[0]!;
  return rtuFrame(
    unitId,
    goodPdu(frame.subarray(1, -2), (address) => 100 * unitId + address),
  );
}

/** What a unit does with a request: bytes and the delay after which they come, in milliseconds. */
export type UnitBehaviour = (frame: Buffer) => readonly (readonly [delayMs: number, bytes: Uint8Array])[];

export const answersAfter =
  (delayMs: number): UnitBehaviour =>
  (frame) => [[delayMs, rtuAnswer(frame)]];
export const isDead: UnitBehaviour = () => [];

export interface BusRequest {
  readonly time: number;
  readonly unitId: number;
  /** As `function:address`. */
  readonly what: string;
  readonly frame: Buffer;
}

/** A serial line with units that behave as told, on virtual time. */
export class FakeBus {
  readonly requests: BusRequest[] = [];
  readonly units = new Map<number, UnitBehaviour>();
  /** Whether the port is there. */
  isPlugged = true;
  opened = 0;
  resets = 0;
  /** Requests that were sent while an answer was under way or due. */
  collisions = 0;
  readonly #clock: VirtualClock;
  #events: TransportEvents | undefined;
  #busyUntil = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  readonly open: OpenTransport = (_host, _port, events) => {
    const isCurrent = (): boolean => this.#events === events;
    this.#events = events;
    this.#clock.after(0, () => {
      if (!isCurrent()) return;
      if (this.isPlugged) {
        this.opened++;
        events.connected();
      } else this.#end(new Error('ENOENT'));
    });
    const transport: Transport = {
      write: (bytes) => isCurrent() && this.#take(Buffer.from(bytes)),
      end: () => isCurrent() && this.#forget(),
      reset: () => {
        this.resets++;
        if (isCurrent()) this.#forget();
      },
    };
    return transport;
  };

  /** Puts bytes on the line. */
  say(bytes: Uint8Array): void {
    this.#events?.received(bytes, bytes.length);
  }

  /** Takes the port away. */
  unplug(): void {
    this.isPlugged = false;
    this.#end(new Error('EIO'));
  }

  get last(): BusRequest {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('nothing was sent');
    return request;
  }

  #take(frame: Buffer): void {
    const time = this.#clock.now();
    const unitId = frame[0]!;
    if (time < this.#busyUntil) this.collisions++;
    this.requests.push({ time, unitId, what: `${frame[1]}:${frame.readUInt16BE(2)}`, frame });
    for (const [delayMs, bytes] of this.units.get(unitId)?.(frame) ?? []) {
      this.#busyUntil = Math.max(this.#busyUntil, time + delayMs);
      this.#clock.after(delayMs, () => this.say(bytes));
    }
  }

  #end(error: Error): void {
    const events = this.#events;
    this.#forget();
    events?.closed(error);
  }

  #forget(): void {
    this.#events = undefined;
  }
}
