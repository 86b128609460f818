import type { AirClock, AirTimer } from './air-clock.ts';
import type { Controller } from './controller.ts';
import type { DeviceAddress } from './device-address.ts';
import type { Fragment } from './fragment.ts';
import { BOUNDARY, ROLE, STATUS, type Status } from './hci-codes.ts';
import { type ConnectionTiming, connected, connectionUpdated, disconnected, packetsCompleted } from './hci-events.ts';
import { encodePacket } from './hci-packet.ts';
import { Lane } from './lane.ts';

/** Most links of one controller at a time. */
export const LINKS_MAX = 16;
const SUPERVISION_UNIT_MS = 10;

/** One side of a link. Each controller has its own handle for it. */
export interface LinkEnd {
  readonly link: Link;
  readonly controller: Controller;
  readonly handle: number;
  /** Values of `ROLE`. */
  readonly role: number;
  readonly address: DeviceAddress;
}

export interface LinkOptions {
  readonly clock: AirClock;
  readonly central: Controller;
  readonly centralAddress: DeviceAddress;
  readonly peripheral: Controller;
  readonly peripheralAddress: DeviceAddress;
  readonly timing: ConnectionTiming;
}

/** A connection of two controllers. It ends once: by one host, by the loss of the radio, or because one side is gone. */
export class Link {
  readonly central: LinkEnd;
  readonly peripheral: LinkEnd;
  readonly #clock: AirClock;
  readonly #lanes: ReadonlyMap<LinkEnd, Lane>;
  #timing: ConnectionTiming;
  #supervision: AirTimer | undefined;

  private constructor({ clock, timing, ...options }: LinkOptions) {
    this.#clock = clock;
    this.#timing = timing;
    const end = (controller: Controller, role: number, address: DeviceAddress): LinkEnd => ({
      link: this,
      controller,
      handle: controller.freeHandle(),
      role,
      address,
    });
    this.central = end(options.central, ROLE.central, options.centralAddress);
    this.peripheral = end(options.peripheral, ROLE.peripheral, options.peripheralAddress);
    this.#lanes = new Map([this.#laneFrom(this.central), this.#laneFrom(this.peripheral)]);
  }

  /** Connects, and tells both hosts. */
  static open(options: LinkOptions): Link {
    const link = new Link(options);
    for (const end of [link.central, link.peripheral]) {
      end.controller.links.set(end.handle, end);
      const { handle, role } = end;
      const peer = link.peerOf(end).address;
      end.controller.send(connected({ status: STATUS.success, handle, role, peer, timing: options.timing }));
    }
    return link;
  }

  peerOf(end: LinkEnd): LinkEnd {
    return end === this.central ? this.peripheral : this.central;
  }

  laneFrom(end: LinkEnd): Lane {
    return this.#lanes.get(end)!;
  }

  send(end: LinkEnd, fragment: Fragment): void {
    this.laneFrom(end).send(fragment);
  }

  /** Goes on with what waits in either direction. */
  flow(): void {
    for (const lane of this.#lanes.values()) lane.flow();
  }

  update(timing: ConnectionTiming): void {
    this.#timing = timing;
    for (const end of [this.central, this.peripheral]) end.controller.send(connectionUpdated(end.handle, timing));
  }

  /** One host hangs up; the other learns its reason at once. */
  hangUp(end: LinkEnd, reason: Status): void {
    this.#leave(end, STATUS.endedByLocalHost);
    this.#leave(this.peerOf(end), reason);
  }

  /** The radio is lost: both sides notice at the same time. */
  lose(): void {
    for (const end of [this.central, this.peripheral]) this.#leave(end, STATUS.supervisionTimeout);
  }

  /** One side is gone without a word; the other notices when its supervision timeout is over. */
  vanish(end: LinkEnd): void {
    this.#close(end);
    this.#supervision ??= this.#clock.after(this.#timing.supervisionTimeout * SUPERVISION_UNIT_MS, () =>
      this.#leave(this.peerOf(end), STATUS.supervisionTimeout),
    );
  }

  #leave(end: LinkEnd, reason: Status): void {
    if (this.#close(end)) end.controller.send(disconnected(end.handle, reason));
  }

  /** Returns whether the side still had the link. */
  #close(end: LinkEnd): boolean {
    for (const lane of this.#lanes.values()) lane.close();
    const { links } = end.controller;
    const isOpen = links.get(end.handle) === end && links.delete(end.handle);
    const isOver = this.peerOf(end).controller.links.get(this.peerOf(end).handle) !== this.peerOf(end);
    if (isOver) this.#supervision?.cancel();
    return isOpen;
  }

  #laneFrom(end: LinkEnd): [LinkEnd, Lane] {
    const lane = new Lane({
      clock: this.#clock,
      conduct: end.controller.conduct,
      canDeliver: () => !this.peerOf(end).controller.isCongested,
      deliver: ({ isFirst, data }) => {
        const { controller, handle } = this.peerOf(end);
        const boundary = isFirst ? BOUNDARY.firstFlushable : BOUNDARY.continuing;
        controller.send(encodePacket({ kind: 'acl', handle, boundary, broadcast: 0, data }));
      },
      onRoom: () => end.controller.send(packetsCompleted(end.handle, 1)),
    });
    return [end, lane];
  }
}
