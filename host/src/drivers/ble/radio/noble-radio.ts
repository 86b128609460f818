import type { Noble, Peripheral, WithBindingsOptions } from '@stoprocent/noble';
import { watchPort } from '../../port-presence.ts';
import type { PeerAddress } from '../address.ts';
import type { OpenRadio, Radio, RadioConfig, RadioEvents } from '../central/radio.ts';
import { BLE_LIMITS } from '../limits.ts';
import { HciGate, type HciGateEvents } from './hci-gate.ts';
import { type LoadNoble, loadNoble } from './load-noble.ts';
import { type TappedNoble, tapNoble } from './noble-internals.ts';
import { NobleLink } from './noble-link.ts';

/** How long a link lives without a sign of its peer, and how often the two talk, in units of 10 and of 1.25 ms. */
const CONNECTION = { timeout: 200, minInterval: 6, maxInterval: 24, latency: 0, mtu: BLE_LIMITS.mtu };

/** Longest time that it takes to open a port. */
const OPENING_MS = 200;

/** Opens a controller through the package `@stoprocent/noble`, which is loaded when it is first needed. */
export function openNobleRadio(load: LoadNoble = loadNoble): OpenRadio {
  /** A library that has lost its port looks for it for some more seconds; before the next one begins it is stopped once more. */
  let last: NobleRadio | undefined;
  return (config, events) => {
    last?.stop();
    last = new NobleRadio(config, events);
    last.open(load);
    return last;
  };
}

class NobleRadio implements Radio {
  readonly #config: RadioConfig;
  readonly #events: RadioEvents;
  readonly #gate: HciGate;
  /** Links by the handle that the controller gave them. */
  readonly #links = new Map<number, NobleLink>();
  #noble: Noble | undefined;
  #tapped: TappedNoble | undefined;
  #connecting: string | undefined;
  #isCancelled = false;
  #isReady = false;
  #isOver = false;
  #endWatch: (() => void) | undefined;

  constructor(config: RadioConfig, events: RadioEvents) {
    this.#config = config;
    this.#events = events;
    this.#gate = new HciGate(this.#gateEvents());
  }

  open(load: LoadNoble): void {
    load().then(
      ({ withBindings }) => {
        if (this.#isOver) return;
        try {
          this.#start(withBindings('hci', optionsOf(this.#config)));
        } catch (error) {
          this.#lose((error as Error).message);
        }
      },
      (error: Error) => this.#lose(error.message),
    );
  }

  startScan({ isActive, repeats }: { readonly isActive: boolean; readonly repeats: boolean }): void {
    this.#gate.isScanActive = isActive;
    this.#noble?.startScanning([], repeats, () => undefined);
  }

  stopScan(): void {
    this.#noble?.stopScanning();
  }

  connect({ address, addressType }: PeerAddress): void {
    const id = address.replaceAll(':', '').toLowerCase();
    this.#connecting = id;
    this.#isCancelled = false;
    this.#noble?.connect(id, { ...CONNECTION, addressType }, (error, peripheral) => {
      if (this.#isCancelled || this.#isOver) return;
      this.#connecting = undefined;
      if (error) this.#events.connectFailed(error.message);
      else this.#connected(id, peripheral);
    });
  }

  cancelConnect(): void {
    if (this.#connecting === undefined || this.#noble === undefined) return;
    this.#isCancelled = true;
    this.#noble.cancelConnect(this.#connecting);
  }

  async close(): Promise<void> {
    this.stop();
    if (this.#isReady || !('port' in this.#config)) return;
    // A port that is just being opened is open only now.
    await new Promise((resolve) => setTimeout(resolve, OPENING_MS));
    this.stop();
  }

  /** May be called again: it then ends what has come to life since. */
  stop(): void {
    this.#isOver = true;
    this.#endWatch?.();
    for (const link of this.#links.values()) link.abandon();
    this.#links.clear();
    try {
      this.#tapped?.stop();
    } catch {
      // It was never really started, so there is nothing to stop.
    }
  }

  #start(noble: Noble): void {
    this.#noble = noble;
    this.#tapped = tapNoble(noble, {
      received: (packet, pass) => !this.#isOver && this.#gate.received(packet, pass),
      sent: (packet) => this.#gate.sent(packet),
      sentToPeer: (handle, channel, payload) => this.#gate.sentToPeer(handle, channel, payload),
    });
    noble.removeAllListeners('warning');
    // It starts when its state is first asked for.
    withoutSignalHandlers(() => noble.state);
    noble.on('stateChange', (state) => this.#changed(state));
    noble.on('scanStart', () => !this.#isOver && this.#events.scanning(true));
    noble.on('scanStop', () => !this.#isOver && this.#events.scanning(false));
    if ('port' in this.#config) {
      const { port } = this.#config;
      this.#endWatch = watchPort(port, () => this.#lose(`${port} is gone`));
    }
  }

  /** A library that starts says all sorts of things before it is ready; after that, anything but ready is a loss. */
  #changed(state: string): void {
    if (this.#isOver) return;
    if (state !== 'poweredOn') {
      if (this.#isReady) this.#lose(`it is ${state === 'poweredOff' ? 'switched off or gone' : state}`);
      return;
    }
    this.#isReady = true;
    this.#events.ready();
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endWatch?.();
    this.#events.lost(reason);
  }

  #connected(id: string, peripheral: Peripheral): void {
    const handle = this.#tapped?.handleOf(id);
    if (handle === undefined) {
      this.#events.connectFailed('the link ended at once');
      return;
    }
    const link = new NobleLink(peripheral, {
      mtu: () => this.#gate.mtuOf(handle) ?? 0,
      endPassing: () => this.#gate.endLink(handle),
      failed: () => this.#lose('it is switched off or gone'),
    });
    peripheral.once('disconnect', () => this.#links.delete(handle));
    this.#links.set(handle, link);
    this.#events.connected(link);
  }

  #gateEvents(): HciGateEvents {
    return {
      advertised: (advertisement) => this.#events.advertised(advertisement),
      attempted: () => {
        if (!this.#isCancelled || this.#connecting === undefined) return;
        this.#connecting = undefined;
        this.#events.connectFailed('it was given up');
      },
      refusing: (handle, request, code) => this.#links.get(handle)?.refusing(request, code),
      refused: (handle, isStuck) => this.#links.get(handle)?.refused(isStuck),
      violated: (handle, reason) => this.#links.get(handle)?.violated(reason),
      failed: (error) => this.#lose(`the library failed: ${error.message}`),
    };
  }
}

function optionsOf(config: RadioConfig): WithBindingsOptions {
  if ('port' in config) {
    const { port, baudRate } = config;
    return { hciDriver: 'uart', bindParams: { uart: { port, baudRate } } };
  }
  return { hciDriver: 'native', deviceId: Number(config.adapter.replace('hci', '')) };
}

/** The library ends the process at a SIGINT; what it adds is taken away again. */
function withoutSignalHandlers(start: () => unknown): void {
  const before = process.listeners('SIGINT');
  start();
  for (const listener of process.listeners('SIGINT'))
    if (!before.includes(listener)) process.removeListener('SIGINT', listener);
}
