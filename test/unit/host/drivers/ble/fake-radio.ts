import type { AddressType } from '../../../../../host/src/drivers/ble/address.ts';
import type {
  CharacteristicPath,
  Ended,
  Radio,
  RadioEvents,
  RadioLink,
  RadioLinkEvents,
} from '../../../../../host/src/drivers/ble/central/radio.ts';
import type { Timer } from '../../../../../host/src/drivers/clock.ts';
import type { VirtualClock } from '../virtual-clock.ts';

const ADVERTISING_MS = 100;
const CONNECTING_MS = 10;

/** A device in the fake air. It answers at once, unless it is told to leave that to the test. */
export class FakePeer {
  readonly address: string;
  readonly addressType: AddressType;
  readonly services: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  isThere = true;
  /** Whether it takes connections that are asked for. */
  accepts = true;
  answers = true;
  /** Error code of its next answers. */
  refusal: number | undefined;
  /** Whether its refusals leave the link of no use. */
  isStuck = false;
  value = new Uint8Array([42]);
  link: FakeLink | undefined;
  /** What it was asked, such as `read 181a/2a6e`. */
  readonly asked: string[] = [];

  constructor(address: string, parts: Partial<Pick<FakePeer, 'addressType' | 'services'>> = {}) {
    this.address = address;
    this.addressType = parts.addressType ?? 'public';
    this.services = parts.services ?? { '181a': { '2a6e': ['read', 'write', 'writeWithoutResponse', 'notify'] } };
  }
}

export class FakeLink implements RadioLink {
  readonly mtu = 23;
  awaitedSecurity: number | undefined;
  readonly peer: FakePeer;
  events: RadioLinkEvents | undefined;
  /** What the peer has not answered yet. */
  waiting: ((refusal?: number) => void) | undefined;
  /** Whether the end of the link is told when it is asked for. */
  ends = true;
  #isOver = false;

  constructor(peer: FakePeer) {
    this.peer = peer;
  }

  listen(events: RadioLinkEvents): void {
    this.events = events;
  }

  discoverServices(ended: Ended<readonly string[]>): void {
    this.#ask('services', ended, Object.keys(this.peer.services));
  }

  discoverCharacteristics(service: string, ended: Ended<never>): void {
    const table = Object.entries(this.peer.services[service]!);
    this.#ask(`characteristics ${service}`, ended, table.map(([uuid, properties]) => ({ uuid, properties })) as never);
  }

  read(path: CharacteristicPath, ended: Ended<Uint8Array>): void {
    this.#ask(`read ${textOf(path)}`, ended, this.peer.value);
  }

  write(path: CharacteristicPath, data: Uint8Array, withResponse: boolean, ended: Ended<undefined>): void {
    this.#ask(`${withResponse ? 'write' : 'command'} ${textOf(path)} ${[...data].join(' ')}`, ended, undefined);
  }

  notify(path: CharacteristicPath, isOn: boolean, ended: Ended<undefined>): void {
    this.#ask(`${isOn ? 'notify' : 'silence'} ${textOf(path)}`, ended, undefined);
  }

  disconnect(): void {
    if (this.ends) queueMicrotask(() => this.close('we ended it'));
  }

  close(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.peer.link === this) this.peer.link = undefined;
    this.events?.closed(reason);
  }

  #ask<T>(what: string, ended: Ended<T>, value: T): void {
    const { peer } = this;
    peer.asked.push(what);
    const isDiscovery = what.startsWith('services') || what.startsWith('characteristics');
    const answer = (refusal = isDiscovery ? undefined : peer.refusal): void => {
      this.waiting = undefined;
      if (refusal === undefined) ended({ kind: 'done', value });
      else ended({ kind: 'refused', code: refusal, isStuck: peer.isStuck });
    };
    if (peer.answers || isDiscovery) answer();
    else this.waiting = answer;
  }
}

const textOf = ({ service, characteristic }: CharacteristicPath): string => `${service}/${characteristic}`;

/** A radio in a fake air, on a virtual clock. */
export class FakeRadio implements Radio {
  readonly events: RadioEvents;
  readonly #peers: readonly FakePeer[];
  readonly #clock: VirtualClock;
  isClosed = false;
  scan: 'active' | 'passive' | undefined;
  connecting: string | undefined;
  /** Most links that it had at once. */
  linksMax = 0;
  /** Whether it does what it is told. */
  obeys = true;
  #advertising: Timer | undefined;
  #connection: Timer | undefined;

  constructor(events: RadioEvents, peers: readonly FakePeer[], clock: VirtualClock) {
    this.events = events;
    this.#peers = peers;
    this.#clock = clock;
  }

  startScan({ isActive }: { readonly isActive: boolean }): void {
    if (this.connecting !== undefined) throw new Error('a scan during an attempt to connect');
    if (!this.obeys) return;
    this.scan = isActive ? 'active' : 'passive';
    queueMicrotask(() => this.#say(() => this.events.scanning(true)));
    this.#advertise();
  }

  stopScan(): void {
    if (!this.obeys) return;
    this.#advertising?.cancel();
    this.scan = undefined;
    queueMicrotask(() => this.#say(() => this.events.scanning(false)));
  }

  connect({ address, addressType }: { readonly address: string; readonly addressType: AddressType }): void {
    if (this.scan !== undefined) throw new Error('an attempt to connect during a scan');
    if (this.connecting !== undefined) throw new Error('two attempts to connect at once');
    this.connecting = address;
    const peer = this.#peers.find((each) => each.address === address && each.addressType === addressType);
    this.#connection = this.#clock.after(CONNECTING_MS, () => {
      if (peer?.isThere !== true || !peer.accepts || this.isClosed) return;
      this.connecting = undefined;
      peer.link = new FakeLink(peer);
      this.linksMax = Math.max(this.linksMax, this.#peers.filter(({ link }) => link !== undefined).length);
      this.events.connected(peer.link);
    });
  }

  cancelConnect(): void {
    this.#connection?.cancel();
    if (!this.obeys) return;
    this.connecting = undefined;
    queueMicrotask(() => this.#say(() => this.events.connectFailed('cancelled')));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.#advertising?.cancel();
    this.#connection?.cancel();
    for (const peer of this.#peers) peer.link = undefined;
  }

  /** One round of advertisements, and the next later. */
  #advertise(): void {
    this.#advertising = this.#clock.after(ADVERTISING_MS, () => this.#advertise());
    for (const { address, addressType, isThere, link } of this.#peers)
      if (isThere && link === undefined)
        this.#say(() =>
          this.events.advertised({
            ...{ address, addressType, rssi: -60, isConnectable: true, isScanResponse: false },
            data: new Uint8Array([2, 1, 6]),
          }),
        );
  }

  #say(what: () => void): void {
    if (!this.isClosed) what();
  }
}
