import type { Central, CharacteristicPath, GattLink } from '../../../../host/src/drivers/ble/commissioning.ts';
import { GatehouseError } from '../../../../host/src/errors.ts';
import { clockText } from '../clock-text.ts';
import { isAmong, pathText, type readPlaces, valueJson, valueText } from './characteristic-text.ts';
import { endText } from './failure.ts';
import { discover, endOf } from './gatt-calls.ts';

export interface PeerWatchOptions {
  readonly central: Central;
  readonly address: string;
  /** Characteristics to watch; none: all that can notify. */
  readonly places: ReturnType<typeof readPlaces>;
  readonly timeoutMs: number;
  /** Ends after so many notifications. */
  readonly count: number;
  readonly isJson: boolean;
}

const NOTIFYING = ['notify', 'indicate'];

/** Watches one device over all the links that are made to it, and prints what it notifies. */
export class PeerWatch {
  readonly #options: PeerWatchOptions;
  #heard = 0;
  #isOver = false;
  #trouble: string | undefined;
  #end: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
  }

  /**
   * Watches until it is stopped or has heard enough, and says how many notifications there were.
   * @throws GatehouseError when the device has nothing that could be watched
   */
  async run(stop: AbortSignal): Promise<number> {
    const { central, address, timeoutMs } = this.#options;
    const over = new Promise<void>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    stop.addEventListener('abort', this.#end, { once: true });
    if (stop.aborted) this.#end();
    const claim = central.claim({
      ...{ address, timeoutMs, isBusy: () => true },
      events: {
        opened: (link) => void this.#subscribe(link),
        notified: (path, value) => this.#notified(path, value),
        closed: (_loss, reason) => this.#troubled(`the link ended: ${reason}`),
        failed: (reason) => this.#troubled(`cannot be connected to: ${reason}`),
      },
    });
    const silence = setTimeout(() => this.#troubled('is not heard so far'), timeoutMs);
    claim.request();
    try {
      await over;
    } finally {
      this.#isOver = true;
      clearTimeout(silence);
      central.removeClaim(claim);
    }
    return this.#heard;
  }

  async #subscribe(link: GattLink): Promise<void> {
    const { address, places } = this.#options;
    const found = await discover(link);
    if (found.kind === 'lost') return;
    if (found.kind !== 'done')
      return this.#fail(new GatehouseError('DEVICE_PROTOCOL', `${address}: ${endText(found)}`));
    const wanted = found.value
      .filter((path) => isAmong(places, path))
      .filter(({ properties }) => properties.some((property) => NOTIFYING.includes(property)));
    if (wanted.length === 0)
      return this.#fail(
        new GatehouseError(
          'DEVICE_EXCEPTION',
          `${address} has nothing there that notifies; gatehouse ble read shows what it has`,
        ),
      );
    for (const path of wanted) {
      const end = await endOf<undefined>((ended) => link.notify(path, true, ended));
      if (end.kind !== 'done') process.stderr.write(`${clockText()}  ${pathText(path)}: ${endText(end)}\n`);
    }
    if (link.isOver) return;
    const again = this.#trouble === undefined ? '' : ' again';
    this.#trouble = undefined;
    process.stderr.write(`${clockText()}  ${address} is watched${again}: ${wanted.map(pathText).join(', ')}\n`);
  }

  #notified(path: CharacteristicPath, value: Uint8Array): void {
    if (this.#isOver || this.#heard >= this.#options.count) return;
    this.#heard++;
    const line = this.#options.isJson
      ? JSON.stringify({ time: new Date().toISOString(), ...valueJson(path, value) })
      : `${clockText()}  ${pathText(path)}  ${valueText(path, value)}`;
    process.stdout.write(`${line}\n`);
    if (this.#heard === this.#options.count) this.#end();
  }

  /** A change for the worse is said once, until the device is watched again. */
  #troubled(text: string): void {
    if (this.#isOver || this.#trouble === text) return;
    this.#trouble = text;
    process.stderr.write(`${clockText()}  ${this.#options.address} ${text}\n`);
  }
}
