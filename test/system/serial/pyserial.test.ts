import { fileURLToPath } from 'node:url';
import { STATUS, type Status } from '../../../host/src/abi/constants.ts';
import type { SerialConfig } from '../../../host/src/drivers/serial/config.ts';
import { encodeSerialRequest, type SerialRequest } from '../../../host/src/drivers/serial/request-codec.ts';
import { openSerialPort, SerialDriver } from '../../../host/src/drivers/serial/serial-driver.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { type PeerProcess, startPeer } from '../../peers/peer-process.ts';
import { openPtyPair, type PtyPair } from '../../peers/pty-pair.ts';
import { serialConfig } from '../../unit/host/drivers/serial/serial-rig.ts';

const test = suite('serial driver and python3-serial over a pseudo terminal', {
  needs: [TOOLS.socat, TOOLS.pythonSerial],
  timeoutMs: 30_000,
});
const DEVICE = fileURLToPath(new URL('../../peers/serial-device.py', import.meta.url));
const LINES = { type: 'delimiter', delimiter: '\r\n' } as const;

interface Answer {
  readonly status: Status;
  readonly text: string;
}

/** A driver at one end of a line and a device at the other. */
class Bench {
  readonly pair: PtyPair;
  readonly logs: string[] = [];
  readonly driver: SerialDriver;
  #device: PeerProcess;

  private constructor(pair: PtyPair, device: PeerProcess, changes: Partial<SerialConfig>) {
    this.pair = pair;
    this.#device = device;
    const config = serialConfig({ path: pair.near, framing: LINES, frameBytes: 256, timeoutMs: 300, ...changes });
    const log = (_level: string, text: string) => this.logs.push(text);
    const events = { log, audit: () => undefined, denied: () => undefined };
    this.driver = new SerialDriver({ devices: { line: config }, openPort: openSerialPort, events });
  }

  static async open(changes: Partial<SerialConfig> = {}): Promise<Bench> {
    const pair = await openPtyPair();
    const device = await startDevice(pair);
    const bench = new Bench(pair, device, changes);
    await bench.driver.open();
    await until('the port', () => bench.state === 'open');
    return bench;
  }

  /** Takes the line away; the device ends with it. */
  async unplug(): Promise<void> {
    await this.pair.unplug();
    await this.#device.stop();
  }

  async plugIn(): Promise<void> {
    await this.pair.plug();
    this.#device = await startDevice(this.pair);
  }

  get state(): unknown {
    return (this.driver.status()['line'] as { state: string }).state;
  }

  ask(request: SerialRequest, answer: (answer: Answer) => void): void {
    const caller = { module: 'm', instance: 1, request: 1 };
    this.driver.request(
      { ...caller, answer: (status, _detail, payload) => answer({ status, text: Buffer.from(payload).toString() }) },
      encodeSerialRequest(request, 'line'),
    );
  }

  exchange(text: string, expiryMs = 10_000): Promise<Answer> {
    return new Promise((resolve) => this.ask({ kind: 'exchange', data: Buffer.from(text), expiryMs }, resolve));
  }

  async close(): Promise<void> {
    await this.driver.close();
    await this.#device.stop();
    await this.pair.close();
  }
}

const startDevice = (pair: PtyPair): Promise<PeerProcess> => startPeer('/usr/bin/python3', [DEVICE, pair.far]);

async function withBench(body: (bench: Bench) => Promise<void>, changes?: Partial<SerialConfig>): Promise<void> {
  const bench = await Bench.open(changes);
  try {
    await body(bench);
  } finally {
    await bench.close();
  }
}

test('exchanges many requests, each with its own answer', () =>
  withBench(async (bench) => {
    const asked = Array.from({ length: 50 }, (_, index) => bench.exchange(`ECHO number ${index}\r\n`));
    assert.deepEqual(
      await Promise.all(asked),
      asked.map((_, index) => ({ status: STATUS.ok, text: `number ${index}` })),
    );
  }));

test('loses no line of a flood, in order', () =>
  withBench(async (bench) => {
    const heard: string[] = [];
    bench.ask({ kind: 'subscribe' }, ({ text }) => heard.push(text));
    bench.ask({ kind: 'write', data: Buffer.from('FLOOD 5000\r\n'), expiryMs: 1_000 }, () => undefined);
    await until('all lines', () => heard.length === 5_000);
    assert.deepEqual(
      heard,
      heard.map((_, index) => String(index)),
    );
  }));

test('never gives a late answer to another request', () =>
  withBench(async (bench) => {
    const late = bench.exchange('LATE 450\r\n');
    const next = bench.exchange('ECHO next\r\n');
    assert.equal((await late).status, STATUS.timeout);
    assert.deepEqual(await next, { status: STATUS.ok, text: 'next' });
  }));

test('goes on when the line has been pulled and is back', () =>
  withBench(async (bench) => {
    await bench.unplug();
    await until('the loss of the port', () => bench.state === 'waiting');
    assert.ok(
      bench.logs.some((text) => text.includes('is gone')),
      bench.logs.join('\n'),
    );
    assert.equal((await bench.exchange('ECHO lost\r\n', 100)).status, STATUS.expired);
    await bench.plugIn();
    await until('the port', () => bench.state === 'open');
    assert.deepEqual(await bench.exchange('ECHO back\r\n'), { status: STATUS.ok, text: 'back' });
  }));

test('says what is wrong with a port that is not there', async () => {
  const logs: string[] = [];
  const log = (_level: string, text: string) => logs.push(text);
  const devices = { line: serialConfig({ path: '/dev/no-such-port' }) };
  const driver = new SerialDriver({
    devices,
    openPort: openSerialPort,
    events: { log, audit: () => undefined, denied: () => undefined },
  });
  await driver.open();
  await until('a log line', () => logs.length > 0);
  await driver.close();
  assert.ok(/\/dev\/no-such-port cannot be opened \(.*No such file/.test(logs[0] as string), logs[0]);
});

test.run();
