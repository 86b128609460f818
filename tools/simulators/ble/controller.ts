import { Advertiser } from './advertiser.ts';
import type { AirClock } from './air-clock.ts';
import { COMMANDS } from './command-table.ts';
import { Conduct } from './conduct.ts';
import type { ConnectionRequest } from './connection-request.ts';
import { type AddressType, type DeviceAddress, publicAddress } from './device-address.ts';
import { ACL_ROOM } from './fragment.ts';
import { BOUNDARY, STATUS } from './hci-codes.ts';
import { advertisingReport, commandComplete, commandStatus } from './hci-events.ts';
import type { AclPacket } from './hci-packet.ts';
import type { LinkEnd } from './link.ts';
import { PacketStream } from './packet-stream.ts';
import type { Advertisement } from './scanner.ts';
import { Scanner } from './scanner.ts';

/** Backlog of a host that does not read: from here on it gets no data and no reports, as from a controller whose buffers are full. */
const BACKLOG_DATA_MAX = 64 * 1024;
/** A host that goes on with commands without reading their answers is cut off here. */
const BACKLOG_MAX = 1024 * 1024;
const HANDLE_FIRST = 0x0040;
/** Handles of different controllers differ, so that a mistaken one is noticed. */
const HANDLE_STRIDE = 32;
const HANDLE_RANGES = 64;

/** Where a controller's packets go. */
export interface HostPort {
  /** Bytes that the host has not read yet. */
  readonly backlogBytes: number;
  send(packet: Buffer): void;
  /** The controller has had enough of this host. */
  close(): void;
}

export interface ControllerOptions {
  readonly index: number;
  readonly clock: AirClock;
  /** Carries one advertising event of this controller to all others. */
  readonly advertise: (from: Controller) => void;
}

/** A Bluetooth controller without a radio: takes the commands and data of one host, and answers as the specification says. */
export class Controller {
  readonly index: number;
  readonly address: DeviceAddress;
  readonly advertiser: Advertiser;
  readonly scanner = new Scanner();
  readonly conduct = new Conduct();
  /** Links by the handle that this side has for them. */
  readonly links = new Map<number, LinkEnd>();
  readonly counters = { commands: 0, unknownCommands: 0, aclPackets: 0, refusedAclPackets: 0, lostReports: 0 };
  randomAddress: DeviceAddress | undefined;
  request: ConnectionRequest | undefined;
  #port: HostPort | undefined;
  readonly #stream = new PacketStream();

  constructor({ index, clock, advertise }: ControllerOptions) {
    this.index = index;
    this.address = publicAddress(index);
    this.advertiser = new Advertiser(clock, () => advertise(this));
  }

  get isAttached(): boolean {
    return this.#port !== undefined;
  }

  /** Whether its host reads too slowly to be given more data. */
  get isCongested(): boolean {
    return (this.#port?.backlogBytes ?? 0) > BACKLOG_DATA_MAX;
  }

  get skippedBytes(): number {
    return this.#stream.skippedBytes;
  }

  attach(port: HostPort): void {
    this.detach();
    this.#port = port;
  }

  /** The host's end is gone, and with it the radio: peers notice by their supervision timeout. */
  detach(): void {
    this.#port = undefined;
    this.#stream.clear();
    this.reset();
  }

  reset(): void {
    this.advertiser.reset();
    this.scanner.reset();
    this.request = undefined;
    this.randomAddress = undefined;
    for (const end of [...this.links.values()]) end.link.vanish(end);
  }

  /** Takes bytes of the host: any bytes. */
  receive(chunk: Buffer): void {
    for (const packet of this.#stream.take(chunk)) {
      if (this.#port === undefined) return;
      if (packet.kind === 'command') this.#execute(packet.opcode, packet.parameters);
      else if (packet.kind === 'acl') this.#forward(packet);
    }
  }

  /** Sends a packet to the host, if there is one. */
  send(packet: Buffer): void {
    if (this.#port === undefined) return;
    if (this.#port.backlogBytes > BACKLOG_MAX) this.#port.close();
    else this.#port.send(packet);
  }

  /** Tells the host of an advertisement, if it listens. */
  hear(advertisement: Advertisement): void {
    if (this.#port === undefined) return;
    for (const report of this.scanner.reportsOf(advertisement)) {
      if (this.isCongested) this.counters.lostReports++;
      else this.send(advertisingReport(report));
    }
  }

  /** The address that it shows for a type, or undefined while it has none. */
  ownAddress(type: AddressType): DeviceAddress | undefined {
    return type === 0 ? this.address : this.randomAddress;
  }

  /** A handle for one more link; there are fewer links than handles. */
  freeHandle(): number {
    const first = HANDLE_FIRST + (this.index % HANDLE_RANGES) * HANDLE_STRIDE;
    for (let handle = first; ; handle++) if (!this.links.has(handle)) return handle;
  }

  linkTo(peer: Controller): LinkEnd | undefined {
    return [...this.links.values()].find((end) => end.link.peerOf(end).controller === peer);
  }

  #execute(opcode: number, parameters: Buffer): void {
    this.counters.commands++;
    const command = COMMANDS.get(opcode);
    if (command === undefined) {
      this.counters.unknownCommands++;
      this.send(commandStatus(opcode, STATUS.unknownCommand));
      return;
    }
    const isWellFormed = parameters.byteLength === command.parameterBytes;
    const outcome = isWellFormed ? command.run(this, parameters) : { status: STATUS.invalidParameters };
    if (command.answer === 'status') this.send(commandStatus(opcode, outcome.status));
    else this.send(commandComplete(opcode, outcome.status, outcome.result));
    outcome.afterwards?.();
  }

  #forward({ handle, boundary, broadcast, data }: AclPacket): void {
    const end = this.links.get(handle);
    const isKnownKind = broadcast === 0 && (boundary === BOUNDARY.first || boundary === BOUNDARY.continuing);
    if (end === undefined || !isKnownKind || data.byteLength > ACL_ROOM.bytes) {
      this.counters.refusedAclPackets++;
      return;
    }
    this.counters.aclPackets++;
    end.link.send(end, { isFirst: boundary === BOUNDARY.first, data: Buffer.from(data) });
  }
}
