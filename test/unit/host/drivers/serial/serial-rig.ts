import type { Status } from '../../../../../host/src/abi/constants.ts';
import type { WriteAudit } from '../../../../../host/src/drivers/driver.ts';
import type { SerialConfig } from '../../../../../host/src/drivers/serial/config.ts';
import { encodeSerialRequest, type SerialRequest } from '../../../../../host/src/drivers/serial/request-codec.ts';
import { SerialDriver } from '../../../../../host/src/drivers/serial/serial-driver.ts';
import type { OpenPort, PortEvents } from '../../../../../host/src/drivers/serial-port.ts';
import { VirtualClock } from '../virtual-clock.ts';

export interface SerialAnswer {
  readonly status: Status;
  readonly text: string;
}

/** A port whose other end is the test. */
export class FakePort {
  readonly written: string[] = [];
  readonly events: Required<PortEvents>;
  isClosed = false;

  constructor(events: PortEvents) {
    this.events = events as Required<PortEvents>;
  }

  receive(text: string): void {
    this.events.received(Buffer.from(text, 'latin1'));
  }
}

export const serialConfig = (changes: Partial<SerialConfig> = {}): SerialConfig => ({
  ...{ type: 'serial', path: '/dev/ttyTest', baudRate: 9_600, dataBits: 8, parity: 'none', stopBits: 1 },
  ...{ framing: { type: 'delimiter', delimiter: '\n' }, frameBytes: 16, timeoutMs: 100 },
  ...changes,
});

/** A driver with one port, `scale`, on a virtual clock. */
export class SerialRig {
  readonly clock = new VirtualClock();
  readonly ports: FakePort[] = [];
  readonly audits: WriteAudit[] = [];
  readonly logs: string[] = [];
  readonly driver: SerialDriver;
  /** Whether ports can be opened, and whether what is written leaves at once. */
  isThere = true;
  drains = true;
  #request = 0;

  constructor(config: SerialConfig = serialConfig()) {
    const openPort: OpenPort = (_config, events) => {
      const port = new FakePort(events);
      this.ports.push(port);
      queueMicrotask(() => {
        if (port.isClosed) return;
        if (this.isThere) events.opened();
        else events.closed(new Error('No such file or directory'));
      });
      return {
        write: (bytes) => {
          port.written.push(Buffer.from(bytes).toString('latin1'));
          if (this.drains) queueMicrotask(() => !port.isClosed && port.events.drained());
        },
        close: () => {
          port.isClosed = true;
        },
      };
    };
    this.driver = new SerialDriver({
      devices: { scale: config },
      openPort,
      clock: this.clock,
      random: () => 0.5,
      events: {
        log: (_level, text) => this.logs.push(text),
        audit: (write) => this.audits.push(write),
        denied: () => undefined,
      },
    });
  }

  static async open(config?: SerialConfig): Promise<SerialRig> {
    const rig = new SerialRig(config);
    await rig.driver.open();
    await rig.pass(0);
    return rig;
  }

  get port(): FakePort {
    return this.ports.at(-1) as FakePort;
  }

  ask(request: SerialRequest, module = 'm'): SerialAnswer[] {
    const answers: SerialAnswer[] = [];
    const answer = (status: Status, _detail: number, payload: Uint8Array) =>
      answers.push({ status, text: Buffer.from(payload).toString('latin1') });
    this.driver.request(
      { module, instance: 1, request: ++this.#request, answer },
      encodeSerialRequest(request, 'scale'),
    );
    return answers;
  }

  write(text: string, expiryMs = 1_000, module?: string): SerialAnswer[] {
    return this.ask({ kind: 'write', data: Buffer.from(text, 'latin1'), expiryMs }, module);
  }

  exchange(text: string, expiryMs = 1_000, module?: string): SerialAnswer[] {
    return this.ask({ kind: 'exchange', data: Buffer.from(text, 'latin1'), expiryMs }, module);
  }

  async pass(ms: number): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    this.clock.advance(ms);
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  }
}
