import { Air } from '../../../../../tools/simulators/ble/air.ts';
import type { Controller } from '../../../../../tools/simulators/ble/controller.ts';
import { BOUNDARY, type CommandName, EVENT, LE_EVENT, OPCODE } from '../../../../../tools/simulators/ble/hci-codes.ts';
import {
  type AclPacket,
  decodePacket,
  encodePacket,
  type HciPacket,
} from '../../../../../tools/simulators/ble/hci-packet.ts';
import { VirtualClock } from '../../../host/drivers/virtual-clock.ts';

const word = (value: number): number[] => [value & 0xff, value >> 8];

/** What a host saw, in the words of the specification; `acl` has the boundary before the data. */
export type Seen = readonly [string, ...(number | string)[]];

/** A host that the test plays: sends commands, and collects what its controller sends. */
export class Host {
  readonly controller: Controller;
  backlogBytes = 0;
  isCutOff = false;
  #packets: HciPacket[] = [];

  constructor(controller: Controller) {
    this.controller = controller;
    this.attach();
  }

  attach(): void {
    const send = (packet: Buffer): void => this.#take(packet);
    const close = (): void => this.#cutOff();
    const backlog = { get: () => this.backlogBytes };
    this.controller.attach(Object.defineProperty({ backlogBytes: 0, send, close }, 'backlogBytes', backlog));
  }

  get address(): Buffer {
    return this.controller.address.bytes;
  }

  /** Sends a command and gives what came since the last look, its answer included. */
  command(name: CommandName | number, ...parameters: number[]): Seen[] {
    const opcode = typeof name === 'number' ? name : OPCODE[name];
    this.controller.receive(encodePacket({ kind: 'command', opcode, parameters: Buffer.from(parameters) }));
    return this.seen();
  }

  acl(handle: number, data: Buffer, boundary: number = BOUNDARY.first, broadcast = 0): void {
    this.controller.receive(encodePacket({ kind: 'acl', handle, boundary, broadcast, data }));
  }

  /** An ATT packet in its L2CAP frame. */
  att(handle: number, ...payload: number[]): void {
    this.acl(handle, Buffer.from([...word(payload.length), 4, 0, ...payload]));
  }

  advertise({ intervalMs = 100, type = 0, ownType = 0, data = '0201', response = '0403' } = {}): Seen[] {
    const interval = word(intervalMs / 0.625);
    this.command('leSetAdvertisingParameters', ...interval, ...interval, type, ownType, 0, 0, 0, 0, 0, 0, 0, 7, 0);
    for (const [name, hex] of [
      ['leSetAdvertisingData', data],
      ['leSetScanResponseData', response],
    ] as const) {
      const bytes = Buffer.from(hex, 'hex');
      this.command(name, bytes.length, ...bytes, ...new Array(31 - bytes.length).fill(0));
    }
    return this.command('leSetAdvertisingEnable', 1);
  }

  scan({ isActive = false, isFiltering = false } = {}): void {
    this.command('leSetScanEnable', 0, 0);
    this.command('leSetScanParameters', isActive ? 1 : 0, 16, 0, 16, 0, 0, 0);
    this.command('leSetScanEnable', 1, isFiltering ? 1 : 0);
  }

  connect(peer: Host, { timeout = 42 } = {}): Seen[] {
    const timing = [...word(6), ...word(18), ...word(0), ...word(timeout)];
    return this.command('leCreateConnection', 96, 0, 48, 0, 0, 0, ...peer.address, 0, ...timing, 0, 0, 0, 0);
  }

  /** What came since the last look. */
  seen(): Seen[] {
    return this.#packets.splice(0).map(describe);
  }

  acls(): AclPacket[] {
    return this.#packets.splice(0).filter((packet) => packet.kind === 'acl');
  }

  #take(bytes: Buffer): void {
    const start = decodePacket(bytes);
    if (start.kind !== 'whole' || start.byteLength !== bytes.byteLength)
      throw new Error(`no packet: ${bytes.toString('hex')}`);
    this.#packets.push(start.packet);
  }

  #cutOff(): void {
    this.isCutOff = true;
    this.controller.detach();
  }
}

/** An air whose time is the test's, with a host at each controller. */
export function openRig(count: number): { air: Air; clock: VirtualClock; hosts: Host[] } {
  const clock = new VirtualClock();
  const air = new Air(count, clock);
  return { air, clock, hosts: air.controllers.map((controller) => new Host(controller)) };
}

/** Connects two hosts; returns the handle of each. */
export function connectPair(central: Host, peripheral: Host, options: { timeout?: number } = {}): [number, number] {
  central.connect(peripheral, options);
  peripheral.advertise();
  central.seen();
  peripheral.seen();
  const handleOf = (host: Host, peer: Host): number => host.controller.linkTo(peer.controller)!.handle;
  return [handleOf(central, peripheral), handleOf(peripheral, central)];
}

function describe(packet: HciPacket): Seen {
  if (packet.kind === 'acl') return ['acl', packet.handle, packet.boundary, packet.data.toString('hex')];
  if (packet.kind === 'command') throw new Error('a controller sends no commands');
  const { code, parameters: p } = packet;
  if (code === EVENT.commandComplete) return ['complete', p.readUInt16LE(1), p[3]!, p.subarray(4).toString('hex')];
  if (code === EVENT.commandStatus) return ['status', p.readUInt16LE(2), p[0]!];
  if (code === EVENT.disconnected) return ['disconnected', p.readUInt16LE(1), p[3]!];
  if (code === EVENT.packetsCompleted) return ['room', p.readUInt16LE(1), p.readUInt16LE(3)];
  const address = (at: number): string => p.subarray(at, at + 6).toString('hex');
  if (p[0] === LE_EVENT.connected) return ['connected', p[1]!, p.readUInt16LE(2), p[4]!, address(6)];
  if (p[0] === LE_EVENT.connectionUpdated)
    return ['updated', p.readUInt16LE(2), p.readUInt16LE(4), p.readUInt16LE(6), p.readUInt16LE(8)];
  return ['report', p[2]!, p[3]!, address(4), p.subarray(11, -1).toString('hex'), p.readInt8(p.length - 1)];
}
