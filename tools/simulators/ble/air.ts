import { type AirClock, systemClock } from './air-clock.ts';
import { AirError } from './air-error.ts';
import { CONTROLLERS_MAX } from './control-message.ts';
import { Controller } from './controller.ts';
import type { Corruption } from './corruption.ts';
import { isSameAddress } from './device-address.ts';
import { ADVERTISEMENT } from './hci-codes.ts';
import { LINKS_MAX, Link } from './link.ts';
import type { Advertisement } from './scanner.ts';

/** What one controller is doing, for people and tests. */
export interface ControllerStatus {
  readonly controller: number;
  readonly isAttached: boolean;
  readonly isAdvertising: boolean;
  readonly isScanning: boolean;
  readonly isSilent: boolean;
  /** Numbers of the controllers it has links with. */
  readonly peers: readonly number[];
  readonly counters: Readonly<Record<string, number>>;
}

/**
 * Several controllers that hear each other, and what may go wrong between them. Everything happens in memory; `AirServer`
 * offers the controllers to other processes.
 */
export class Air {
  readonly controllers: readonly Controller[];
  readonly #clock: AirClock;

  constructor(count: number, clock: AirClock = systemClock) {
    if (!Number.isInteger(count) || count < 1 || count > CONTROLLERS_MAX)
      throw new RangeError(`an air has 1 to ${CONTROLLERS_MAX} controllers, not ${count}`);
    this.#clock = clock;
    const advertise = (from: Controller): void => this.#advertise(from);
    this.controllers = Array.from({ length: count }, (_, index) => new Controller({ index, clock, advertise }));
  }

  /** The controller with this number; throws `NO_CONTROLLER`. */
  controller(index: number, place = 'controller'): Controller {
    const controller = this.controllers[index];
    if (controller !== undefined) return controller;
    const expected = `a whole number from 0 to ${this.controllers.length - 1}`;
    throw new AirError('NO_CONTROLLER', { place, expected, got: `${index}` });
  }

  /** Loses the links of a controller, or only the one with `peer`: both sides see a supervision timeout. */
  drop(index: number, peer?: number): void {
    const controller = this.controller(index);
    if (peer === undefined) {
      for (const end of [...controller.links.values()]) end.link.lose();
      return;
    }
    const end = controller.linkTo(this.controller(peer, 'peer'));
    if (end === undefined)
      throw new AirError('NO_LINK', { place: 'peer', expected: `a peer of controller ${index}`, got: `${peer}` });
    end.link.lose();
  }

  /** Holds back everything that a controller would send, advertisements too; its links stay. */
  silence(index: number): void {
    this.controller(index).conduct.isSilent = true;
  }

  /** Sends what was held back, in its order. */
  resume(index: number): void {
    const controller = this.controller(index);
    controller.conduct.isSilent = false;
    this.flow(controller);
  }

  setRssi(index: number, dbm: number): void {
    this.controller(index).conduct.rssiDbm = dbm;
  }

  /** Delays what a controller sends from now on; what it sent before keeps its delay and its place. */
  setDelay(index: number, ms: number): void {
    this.controller(index).conduct.delayMs = ms;
  }

  /** Damages the next ATT packets of a controller; zero packets end it. */
  corrupt(index: number, corruption: Corruption): void {
    this.controller(index).conduct.corruptor.set(corruption);
  }

  status(): ControllerStatus[] {
    return this.controllers.map((controller) => ({
      controller: controller.index,
      isAttached: controller.isAttached,
      isAdvertising: controller.advertiser.isOn,
      isScanning: controller.scanner.isOn,
      isSilent: controller.conduct.isSilent,
      peers: [...controller.links.values()].map((end) => end.link.peerOf(end).controller.index),
      counters: { ...controller.counters, skippedBytes: controller.skippedBytes },
    }));
  }

  /** Goes on with what waits on the links of a controller: it is heard again, or its host reads again. */
  flow(controller: Controller): void {
    for (const end of [...controller.links.values()]) end.link.flow();
  }

  /** Ends all timers; links are lost. */
  close(): void {
    for (const controller of this.controllers) controller.detach();
  }

  #advertise(from: Controller): void {
    const { parameters, data, scanResponse } = from.advertiser;
    const address = from.ownAddress(parameters.ownAddressType);
    const { isSilent, rssiDbm } = from.conduct;
    if (address === undefined || isSilent) return;
    const advertisement: Advertisement = { from, type: parameters.type, address, data, scanResponse, rssiDbm };
    for (const to of this.controllers) {
      if (to === from) continue;
      to.hear(advertisement);
      if (this.#connect(to, advertisement)) return; // an advertiser that is connected has stopped
    }
  }

  /** Makes the link that a central waits for, if this is the peer. A silent central is not heard by it. */
  #connect(central: Controller, { from: peripheral, type, address }: Advertisement): boolean {
    const { request } = central;
    if (request === undefined || type !== ADVERTISEMENT.connectable || central.conduct.isSilent) return false;
    if (!isSameAddress(request.peer, address) || central.linkTo(peripheral) !== undefined) return false;
    const centralAddress = central.ownAddress(request.ownAddressType);
    if (centralAddress === undefined || peripheral.links.size >= LINKS_MAX || central.links.size >= LINKS_MAX)
      return false;
    central.request = undefined;
    peripheral.advertiser.stop();
    const { timing } = request;
    Link.open({ clock: this.#clock, central, centralAddress, peripheral, peripheralAddress: address, timing });
    return true;
  }
}
