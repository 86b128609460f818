import type { Characteristic, Peripheral, Service } from '@stoprocent/noble';
import type { CharacteristicInfo, CharacteristicPath, Ended, RadioLink, RadioLinkEvents } from '../central/radio.ts';
import { canonicalUuid } from '../uuid.ts';
import { ATT, ATT_ERROR, asksForSecurity } from './att.ts';

type ProcedureKind = 'services' | 'characteristics' | 'read' | 'write' | 'notify';

/** The requests of each procedure, so that a refusal is given to the right one. */
const REQUESTS: Readonly<Record<ProcedureKind, readonly number[]>> = {
  services: [ATT.readByGroupTypeRequest],
  characteristics: [ATT.readByTypeRequest],
  read: [ATT.readRequest, ATT.readBlobRequest],
  write: [ATT.writeRequest, ATT.prepareWriteRequest, ATT.executeWriteRequest],
  notify: [ATT.readByTypeRequest, ATT.writeRequest],
};

/** The code that the library gives when it has lost its controller [Bluetooth Core 5.4, Vol 1, Part F, 1.3]. */
const HARDWARE_FAILURE = 0x03;

interface Procedure {
  readonly kind: ProcedureKind;
  readonly key: string;
  readonly ended: Ended<never>;
  refusal?: { readonly request: number; readonly code: number };
}

export interface NobleLinkWays {
  mtu(): number;
  /** Nothing more of this link is passed to the library. */
  endPassing(): void;
  /** The controller is gone, and every link with it. */
  failed(): void;
}

const keyOf = ({ service, characteristic }: CharacteristicPath): string => `${service}/${characteristic}`;

/** A link as the library has it. The library answers some refusals with an empty value and others not at all; the gate knows better. */
export class NobleLink implements RadioLink {
  readonly #peripheral: Peripheral;
  readonly #ways: NobleLinkWays;
  readonly #services = new Map<string, Service>();
  readonly #characteristics = new Map<string, Characteristic>();
  #events: RadioLinkEvents | undefined;
  #procedure: Procedure | undefined;
  #isOver = false;

  constructor(peripheral: Peripheral, ways: NobleLinkWays) {
    this.#peripheral = peripheral;
    this.#ways = ways;
    peripheral.once('disconnect', (reason: unknown) => {
      if (reason === HARDWARE_FAILURE) ways.failed();
      else this.#close(`code ${String(reason)}`);
    });
  }

  get mtu(): number {
    return this.#ways.mtu();
  }

  get awaitedSecurity(): number | undefined {
    return this.#procedure?.refusal?.code;
  }

  listen(events: RadioLinkEvents): void {
    this.#events = events;
  }

  discoverServices(ended: Ended<readonly string[]>): void {
    this.#begin('services', '', ended);
    this.#peripheral.discoverServices([], (_error, services) => {
      for (const service of services) this.#services.set(canonicalOf(service.uuid), service);
      this.#end('services', '', [...this.#services.keys()], ATT_ERROR.notFound);
    });
  }

  discoverCharacteristics(service: string, ended: Ended<readonly CharacteristicInfo[]>): void {
    this.#begin('characteristics', service, ended);
    this.#services.get(service)!.discoverCharacteristics([], (_error, characteristics) => {
      for (const characteristic of characteristics) this.#add(service, characteristic);
      const infos = characteristics.map(({ uuid, properties }) => ({ uuid: canonicalOf(uuid), properties }));
      this.#end('characteristics', service, infos, ATT_ERROR.notFound);
    });
  }

  read(path: CharacteristicPath, ended: Ended<Uint8Array>): void {
    this.#begin('read', keyOf(path), ended);
    this.#characteristic(path).read();
  }

  write(path: CharacteristicPath, data: Uint8Array, withResponse: boolean, ended: Ended<undefined>): void {
    this.#begin('write', keyOf(path), ended);
    this.#characteristic(path).write(Buffer.from(data), !withResponse);
  }

  notify(path: CharacteristicPath, isOn: boolean, ended: Ended<undefined>): void {
    const key = keyOf(path);
    this.#begin('notify', key, ended);
    const done = (): void => this.#end('notify', key, undefined);
    if (isOn) this.#characteristic(path).subscribe(done);
    else this.#characteristic(path).unsubscribe(done);
  }

  disconnect(): void {
    this.#ways.endPassing();
    if (!this.#isOver) this.#peripheral.disconnect();
  }

  /** The peer refuses a request; the library is about to see it. */
  refusing(request: number, code: number): void {
    const procedure = this.#procedure;
    if (procedure !== undefined && REQUESTS[procedure.kind].includes(request)) procedure.refusal = { request, code };
  }

  /** The library has seen it, and perhaps made nothing of it. */
  refused(isStuck: boolean): void {
    const { refusal, ended } = this.#procedure ?? {};
    if (refusal === undefined || ended === undefined || (asksForSecurity(refusal.code) && !isStuck)) return;
    this.#procedure = undefined;
    ended({ kind: 'refused', code: refusal.code, isStuck });
  }

  violated(reason: string): void {
    this.#events?.violated(reason);
  }

  /** The controller is gone; whoever made the link knows. */
  abandon(): void {
    this.#isOver = true;
    this.#procedure = undefined;
  }

  #close(reason: string): void {
    if (this.#isOver) return;
    this.abandon();
    for (const characteristic of this.#characteristics.values()) characteristic.removeAllListeners();
    this.#events?.closed(reason);
  }

  #add(service: string, characteristic: Characteristic): void {
    const path = { service, characteristic: canonicalOf(characteristic.uuid) };
    const key = keyOf(path);
    this.#characteristics.get(key)?.removeAllListeners();
    this.#characteristics.set(key, characteristic);
    characteristic.on('data', (data: Buffer, isNotification: boolean) => {
      if (isNotification) this.#events?.notified(path, new Uint8Array(data));
      else this.#end('read', key, new Uint8Array(data), ATT_ERROR.invalidOffset, ATT_ERROR.notLong);
    });
    characteristic.on('write', () => this.#end('write', key, undefined));
  }

  #characteristic(path: CharacteristicPath): Characteristic {
    return this.#characteristics.get(keyOf(path))!;
  }

  #begin<T>(kind: ProcedureKind, key: string, ended: Ended<T>): void {
    this.#procedure = { kind, key, ended: ended as Ended<never> };
  }

  /** The library says that a procedure is over. `fine` are the refusals with which one ends well. */
  #end(kind: ProcedureKind, key: string, value: unknown, ...fine: readonly number[]): void {
    const procedure = this.#procedure;
    if (procedure?.kind !== kind || procedure.key !== key) return;
    const { refusal } = procedure;
    // The first part of a value cannot be refused well, only that there is one more.
    const isFine = refusal === undefined || (fine.includes(refusal.code) && refusal.request !== ATT.readRequest);
    this.#procedure = undefined;
    if (isFine) procedure.ended({ kind: 'done', value: value as never });
    else procedure.ended({ kind: 'refused', code: refusal.code, isStuck: false });
  }
}

/** The library writes short UUIDs without leading zeros. */
const canonicalOf = (uuid: string): string => canonicalUuid(uuid.padStart(4, '0')) ?? uuid;
