import type { Clock, Timer } from '../clock.ts';
import type { ModuleSession } from '../module-session.ts';
import { encodeAdvertisement } from './advertisement-codec.ts';
import { AdvertisementFilter } from './advertisement-filter.ts';
import type { Advertisement } from './central/advertisement.ts';
import type { Central } from './central/central.ts';
import type { BleScanConfig } from './config.ts';
import { BLE_LIMITS } from './limits.ts';
import { RateBudget } from './rate-budget.ts';
import { EMPTY_PAYLOAD, type Subscriber } from './subscriber.ts';
import { Subscribers } from './subscribers.ts';

export interface BleScannerOptions {
  readonly name: string;
  readonly config: BleScanConfig;
  readonly central: Central;
  readonly clock: Clock;
}

/** A sender as it was last heard. */
interface Sender {
  latest: Advertisement;
  data: Uint8Array;
  response: Uint8Array;
  isAccepted: boolean;
  sentAt: number;
  /** Whether there is something new since then. */
  isNew: boolean;
}

/** What the gateway hears of devices that it does not connect to, filtered, and of each not more often than modules want it. */
export class BleScanner {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly #options: BleScannerOptions;
  readonly #filter: AdvertisementFilter;
  readonly #budget: RateBudget;
  readonly #subscribers = new Subscribers();
  /** By address, the one that was heard longest ago first. */
  readonly #senders = new Map<string, Sender>();
  readonly #counters = { heard: 0, accepted: 0, delivered: 0, coalesced: 0, dropped: 0, sendersForgotten: 0 };
  #endWatch: (() => void) | undefined;
  #later: Timer | undefined;
  /** Time of the clock at which `#later` fires. */
  #laterAt = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(options: BleScannerOptions) {
    this.name = options.name;
    this.nameBytes = new TextEncoder().encode(options.name);
    this.#options = options;
    this.#filter = new AdvertisementFilter(options.config);
    this.#budget = new RateBudget(options.config.perSecond, options.clock);
  }

  subscribe(subscriber: Subscriber): void {
    if (this.#isClosed) {
      subscriber.end();
      return;
    }
    this.#subscribers.add(subscriber);
    const { central, config } = this.#options;
    this.#endWatch ??= central.watch({ mode: config.scan, heard: (advertisement) => this.#hear(advertisement) });
  }

  /** Ends the subscriptions of a module; it is told so unless it is gone. Returns how many there were. */
  endSession(session: ModuleSession, isTold: boolean): number {
    const count = this.#subscribers.endSession(session, isTold);
    if (this.#subscribers.count === 0) this.#stop();
    return count;
  }

  status(): Record<string, unknown> {
    return {
      ...{ state: this.#endWatch === undefined ? 'off' : 'listening', scan: this.#options.config.scan },
      ...{ subscribers: this.#subscribers.count, senders: this.#senders.size },
      ...this.#counters,
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#subscribers.endAll();
    this.#stop();
  }

  #stop(): void {
    this.#endWatch?.();
    this.#endWatch = undefined;
    this.#later?.cancel();
    this.#laterAt = Number.POSITIVE_INFINITY;
    this.#senders.clear();
  }

  #hear(advertisement: Advertisement): void {
    this.#counters.heard++;
    if (!this.#filter.acceptsSender(advertisement.address, advertisement.rssi)) return;
    const sender = this.#update(advertisement);
    if (!sender.isAccepted) return;
    this.#counters.accepted++;
    const dueAt = this.#dueAt(sender);
    if (dueAt <= this.#options.clock.now()) this.#deliver(sender);
    else {
      this.#counters.coalesced++;
      if (sender.isNew) this.#deliverAt(dueAt);
    }
  }

  /** When the sender may be told of again. */
  #dueAt({ sentAt }: Sender): number {
    return sentAt + this.#options.config.intervalMs;
  }

  #update(advertisement: Advertisement): Sender {
    const { address, isScanResponse, data } = advertisement;
    const known = this.#senders.get(address);
    const sender = known ?? this.#add(advertisement);
    const before = isScanResponse ? sender.response : sender.data;
    sender.latest = isScanResponse ? { ...advertisement, isConnectable: sender.latest.isConnectable } : advertisement;
    if (known === undefined || !areEqual(before, data)) {
      sender.isNew = true;
      if (isScanResponse) sender.response = data;
      else sender.data = data;
      sender.isAccepted = this.#filter.acceptsContent(sender.data, sender.response);
    }
    this.#senders.delete(address);
    this.#senders.set(address, sender);
    return sender;
  }

  /** Those that were not heard for the longest time are forgotten first; senders may invent addresses without end. */
  #add(latest: Advertisement): Sender {
    if (this.#senders.size >= BLE_LIMITS.senders) {
      const [oldest] = this.#senders.keys();
      this.#senders.delete(oldest!);
      this.#counters.sendersForgotten++;
    }
    return {
      ...{ latest, data: EMPTY_PAYLOAD, response: EMPTY_PAYLOAD, isAccepted: false },
      ...{ sentAt: Number.NEGATIVE_INFINITY, isNew: true },
    };
  }

  #deliver(sender: Sender): void {
    if (!this.#budget.take()) {
      this.#counters.dropped++;
      return;
    }
    this.#counters.delivered++;
    sender.sentAt = this.#options.clock.now();
    sender.isNew = false;
    const { address, addressType, isConnectable, rssi } = sender.latest;
    const { data, response } = sender;
    const payload = encodeAdvertisement({ address, addressType, isConnectable, rssi, data, response });
    this.#subscribers.value(payload);
  }

  /** Looks at `dueAt` for what is new, or before, when somebody else is due. */
  #deliverAt(dueAt: number): void {
    if (dueAt >= this.#laterAt) return;
    const { clock } = this.#options;
    this.#later?.cancel();
    this.#laterAt = dueAt;
    this.#later = clock.after(dueAt - clock.now(), () => this.#deliverDue());
  }

  /** Delivers what is new and has waited for its time, and looks again when the next has. */
  #deliverDue(): void {
    this.#laterAt = Number.POSITIVE_INFINITY;
    for (const sender of this.#senders.values()) {
      if (!sender.isNew || !sender.isAccepted) continue;
      const dueAt = this.#dueAt(sender);
      if (dueAt <= this.#options.clock.now()) this.#deliver(sender);
      else this.#deliverAt(dueAt);
    }
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
