import { type Clock, systemClock } from '../../clock.ts';
import type { DriverEvents } from '../../driver.ts';
import type { Advertisement } from './advertisement.ts';
import type { Claim, ClaimOptions } from './claim.ts';
import { LinkScheduler } from './link-scheduler.ts';
import type { OpenRadio, Radio, RadioConfig } from './radio.ts';
import { RadioKeeper } from './radio-keeper.ts';
import { ScanControl, type ScanMode } from './scan-control.ts';

const SILENCE_MS = 1_000;

export interface CentralOptions {
  readonly radio: RadioConfig;
  /** Links at the same time. */
  readonly connections: number;
  readonly openRadio: OpenRadio;
  readonly clock?: Clock;
  /** Returns numbers in [0, 1), for the jitter of attempts. */
  readonly random?: () => number;
  readonly log: DriverEvents['log'];
}

export interface ScanWatch {
  /** Whether devices are asked for what they do not say by themselves, such as their names. */
  readonly mode: ScanMode;
  heard(advertisement: Advertisement): void;
}

/**
 * The gateway as a Bluetooth LE central: one radio, kept open for ever, which scans while somebody listens or waits for a peer, and
 * connects in between. It belongs to no module, so that programs for commissioning use it too.
 */
export class Central {
  readonly #options: CentralOptions;
  readonly #keeper: RadioKeeper;
  readonly #links: LinkScheduler;
  readonly #watches = new Set<ScanWatch>();
  readonly #counters = { opens: 0, losses: 0, advertisements: 0 };
  readonly #clock: Clock;
  #scan: ScanControl | undefined;
  #onScanChanged: (() => void) | undefined;
  #reason: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: CentralOptions) {
    const { radio: config, openRadio, clock = systemClock, random = Math.random, connections } = options;
    this.#options = options;
    this.#clock = clock;
    this.#links = new LinkScheduler({
      ...{ connections, clock, random },
      isScanOff: () => this.#scan?.isOff === true,
      planned: () => this.#scan?.set(this.#scanMode()),
      stuck: (what) => this.#keeper.lose(`it ${what}`),
    });
    this.#keeper = new RadioKeeper({
      ...{ config, openRadio, clock, random },
      up: (radio) => this.#up(radio),
      down: (reason) => this.#down(reason),
      events: {
        scanning: (isOn) => this.#scan?.report(isOn),
        advertised: (advertisement) => this.#hear(advertisement),
        connected: (link) => this.#links.connected(link),
        connectFailed: (reason) => this.#links.connectFailed(reason),
      },
    });
  }

  /** For people: `hci0` or the path of the port. */
  get name(): string {
    const { radio } = this.#options;
    return 'port' in radio ? radio.port : radio.adapter;
  }

  get isReady(): boolean {
    return this.#keeper.isReady;
  }

  open(): void {
    this.#keeper.open();
  }

  /** Hears every advertisement until the function that is returned is called. */
  watch(watch: ScanWatch): () => void {
    this.#watches.add(watch);
    this.#links.plan();
    return () => {
      this.#watches.delete(watch);
      this.#links.plan();
    };
  }

  /** Makes a claim on a link, which nothing is done for until it is requested. */
  claim(options: ClaimOptions): Claim {
    return this.#links.add(options);
  }

  removeClaim(claim: Claim): void {
    this.#links.remove(claim);
  }

  status(): Record<string, unknown> {
    const { isReady } = this.#keeper;
    return {
      state: this.#closing !== undefined ? 'closed' : isReady ? 'ready' : 'waiting',
      ...{ adapter: this.name, scan: this.#scan?.mode ?? 'off' },
      ...{ links: this.#links.links, connections: this.#options.connections, waiting: this.#links.waiting },
      ...this.#counters,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    };
  }

  /** Ends all links in order, and gives the radio up. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#watches.clear();
    await this.#links.close();
    await this.#endScan();
    this.#scan?.close();
    await this.#keeper.close();
  }

  /** A controller on a serial line does not notice that its host ends, so it is told to be silent. */
  async #endScan(): Promise<void> {
    const scan = this.#scan;
    scan?.set(undefined);
    if (scan === undefined || scan.isOff) return;
    await new Promise<void>((resolve) => {
      const deadline = this.#clock.after(SILENCE_MS, resolve);
      this.#onScanChanged = () => {
        if (!scan.isOff) return;
        deadline.cancel();
        resolve();
      };
    });
  }

  #up(radio: Radio): void {
    this.#counters.opens++;
    this.#scan = new ScanControl({
      ...{ radio, clock: this.#clock },
      changed: () => {
        this.#links.plan();
        this.#onScanChanged?.();
      },
      stuck: (what) => this.#keeper.lose(`it ${what}`),
    });
    if (this.#reason !== undefined) this.#options.log('info', `the Bluetooth adapter ${this.name} can be used again`);
    this.#reason = undefined;
    this.#links.up(radio);
  }

  #down(reason: string): void {
    this.#counters.losses++;
    this.#scan?.close();
    this.#scan = undefined;
    const text = `the Bluetooth adapter ${this.name} cannot be used: ${reason}`;
    if (this.#reason === undefined) this.#options.log('warning', text, 'BLUETOOTH_UNAVAILABLE');
    this.#reason = reason;
    this.#links.down(reason);
  }

  #hear(advertisement: Advertisement): void {
    this.#counters.advertisements++;
    this.#links.hear(advertisement);
    for (const watch of this.#watches) watch.heard(advertisement);
  }

  #scanMode(): ScanMode | undefined {
    if (this.#links.needsSilence || this.#closing !== undefined) return undefined;
    const modes = [...this.#watches].map(({ mode }) => mode);
    if (modes.includes('active')) return 'active';
    return modes.length > 0 || this.#links.needsScan ? 'passive' : undefined;
  }
}
