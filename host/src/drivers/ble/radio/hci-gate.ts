import type { Advertisement } from '../central/advertisement.ts';
import { BLE_LIMITS } from '../limits.ts';
import { decodeExtendedReports, decodeReports } from './advertising-report.ts';
import { AttGate } from './att-gate.ts';
import { L2capAssembler, type L2capPacket } from './l2cap-assembler.ts';

// Packets between host and controller [Bluetooth Core 5.4, Vol 4, Part A, 2 and Part E, 5.4], as the library has them:
//
//  0         1             3       4
//  +---------+-------------+-------+------+      +---------+--------+-------+------+     +---------+----------------+------------+------+
//  | 1       | command u16 | bytes | data |      | 4       | event  | bytes | data |     | 2       | handle, flags  | bytes u16  | data |
//  +---------+-------------+-------+------+      +---------+--------+-------+------+     +---------+----------------+------------+------+

const TYPE = { command: 1, data: 2, event: 4 } as const;
const EVENT = { disconnected: 0x05, le: 0x3e } as const;
const LE = { connected: 0x01, reports: 0x02, enhancedConnected: 0x0a, extendedReports: 0x0d } as const;
const CHANNEL = { att: 4, signaling: 5, security: 6 } as const;
const COMMAND = { scanParameters: 0x200b, extendedScanParameters: 0x2041 } as const;
/** Flags of a piece of a packet that comes in. */
const PIECE = { next: 1, first: 2 } as const;
const REQUEST_CONNECTION_PARAMETERS = 0x12;
const PAIRING_FAILED = 0x05;
/** Longest packet on any channel that concerns us. */
const PACKET_BYTES_MAX = BLE_LIMITS.mtu;

export interface HciGateEvents {
  advertised(advertisement: Advertisement): void;
  /** An attempt to connect has come to an end, well or not. */
  attempted(): void;
  /** A peer refuses a request; called before the library sees it, and `refused` after it. */
  refusing(handle: number, request: number, code: number): void;
  refused(handle: number, isStuck: boolean): void;
  violated(handle: number, reason: string): void;
  /** The library failed on something of the controller itself. */
  failed(error: Error): void;
}

interface GateLink {
  readonly assembler: L2capAssembler;
  readonly att: AttGate;
  isOver: boolean;
}

/**
 * Stands between a controller and the library. Everything that comes over the air is judged here before the library sees it:
 * it trusts its input, so that one packet of a stranger could end the process or fill its memory. Advertisements do not reach
 * it at all, because it keeps each sender for ever.
 */
export class HciGate {
  /** Whether scans ask devices for more; the library knows only scans that do. */
  isScanActive = true;
  readonly #events: HciGateEvents;
  readonly #links = new Map<number, GateLink>();

  constructor(events: HciGateEvents) {
    this.#events = events;
  }

  mtuOf(handle: number): number | undefined {
    return this.#links.get(handle)?.att.mtu;
  }

  /** A packet of the controller; `pass` hands one to the library. */
  received(packet: Uint8Array, pass: (packet: Buffer) => void): void {
    switch (packet[0]) {
      case TYPE.event:
        this.#event(packet, pass);
        return;
      case TYPE.data:
        this.#data(packet, pass);
        return;
      case TYPE.command:
        if (packet.length >= 6) this.#hand(packet, pass);
        return;
    }
  }

  /** A packet for the controller, as it is to be sent. */
  sent(packet: Uint8Array): Uint8Array {
    if (packet[0] !== TYPE.command || this.isScanActive) return packet;
    const command = packet[1]! | (packet[2]! << 8);
    const at = command === COMMAND.scanParameters ? 4 : command === COMMAND.extendedScanParameters ? 7 : undefined;
    if (at !== undefined) packet[at] = 0;
    return packet;
  }

  /** What the library sends to a peer on a channel. */
  sentToPeer(handle: number, channel: number, payload: Uint8Array): void {
    const link = channel === CHANNEL.att ? this.#links.get(handle) : undefined;
    const reason = link?.att.sent(payload);
    if (link !== undefined && reason !== undefined) this.#violate(handle, link, reason);
  }

  /** Nothing more of this link is passed. */
  endLink(handle: number): void {
    const link = this.#links.get(handle);
    if (link !== undefined) link.isOver = true;
  }

  #event(packet: Uint8Array, pass: (packet: Buffer) => void): void {
    if (packet.length < 4 || packet.length !== 3 + packet[2]!) return;
    if (packet[1] === EVENT.le) this.#leEvent(packet, pass);
    else {
      this.#hand(packet, pass);
      if (packet[1] === EVENT.disconnected && packet.length >= 7) this.#links.delete(handleAt(packet, 4));
    }
  }

  #leEvent(packet: Uint8Array, pass: (packet: Buffer) => void): void {
    switch (packet[3]) {
      case LE.reports:
        for (const report of decodeReports(packet.subarray(5), packet[4] ?? 0)) this.#events.advertised(report);
        return;
      case LE.extendedReports:
        for (const report of decodeExtendedReports(packet.subarray(5), packet[4] ?? 0)) this.#events.advertised(report);
        return;
      case LE.connected:
      case LE.enhancedConnected:
        if (packet.length < 22) return;
        if (packet[4] === 0) this.#links.set(handleAt(packet, 5), newLink());
        this.#hand(packet, pass);
        this.#events.attempted();
        return;
      default:
        this.#hand(packet, pass);
    }
  }

  #data(packet: Uint8Array, pass: (packet: Buffer) => void): void {
    const flags = packet[2]! >> 4;
    if (packet.length < 5 || (flags !== PIECE.first && flags !== PIECE.next)) return;
    const handle = handleAt(packet, 1);
    const link = this.#links.get(handle);
    if (link === undefined || link.isOver) return;
    const found = link.assembler.push(packet.subarray(5), flags === PIECE.first);
    if (typeof found === 'string') this.#violate(handle, link, found);
    else if (found !== undefined) this.#packet(handle, link, found, pass);
  }

  #packet(handle: number, link: GateLink, { channel, payload }: L2capPacket, pass: (packet: Buffer) => void): void {
    const hand = (pdu: Uint8Array): void => this.#handPacket(handle, link, channel, pdu, pass);
    if (channel === CHANNEL.att) this.#att(handle, link, payload, hand);
    else if (channel === CHANNEL.signaling && isWholeSignal(payload)) hand(payload);
    else if (channel === CHANNEL.security && payload.length > 0) {
      hand(payload);
      if (payload[0] === PAIRING_FAILED) this.#events.refused(handle, true);
    }
  }

  #att(handle: number, link: GateLink, payload: Uint8Array, hand: (pdu: Uint8Array) => void): void {
    const verdict = link.att.received(payload);
    switch (verdict.kind) {
      case 'pass':
        hand(verdict.pdu);
        return;
      case 'ignore':
        return;
      case 'violation':
        this.#violate(handle, link, verdict.reason);
        return;
      case 'refusal':
        this.#events.refusing(handle, verdict.request, verdict.code);
        if (verdict.pdu !== undefined) hand(verdict.pdu);
        this.#events.refused(handle, verdict.pdu === undefined);
        return;
      default:
        verdict satisfies never;
    }
  }

  #handPacket(handle: number, link: GateLink, channel: number, pdu: Uint8Array, pass: (packet: Buffer) => void): void {
    const packet = Buffer.allocUnsafe(9 + pdu.length);
    packet[0] = TYPE.data;
    packet.writeUInt16LE(handle | (PIECE.first << 12), 1);
    packet.writeUInt16LE(4 + pdu.length, 3);
    packet.writeUInt16LE(pdu.length, 5);
    packet.writeUInt16LE(channel, 7);
    packet.set(pdu, 9);
    try {
      pass(packet);
    } catch (error) {
      this.#violate(handle, link, `the library failed on it: ${(error as Error).message}`);
    }
  }

  #hand(packet: Uint8Array, pass: (packet: Buffer) => void): void {
    try {
      pass(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
    } catch (error) {
      this.#events.failed(error as Error);
    }
  }

  #violate(handle: number, link: GateLink, reason: string): void {
    if (link.isOver) return;
    link.isOver = true;
    this.#events.violated(handle, reason);
  }
}

const newLink = (): GateLink => ({
  assembler: new L2capAssembler(PACKET_BYTES_MAX),
  att: new AttGate(),
  isOver: false,
});

const handleAt = (packet: Uint8Array, at: number): number => (packet[at]! | (packet[at + 1]! << 8)) & 0xfff;

const isWholeSignal = (payload: Uint8Array): boolean =>
  payload.length >= (payload[0] === REQUEST_CONNECTION_PARAMETERS ? 12 : 4);
