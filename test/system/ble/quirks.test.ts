import { Central, connectOnce, type GattEnd } from '../../../host/src/drivers/ble/central/index.ts';
import { openNobleRadio } from '../../../host/src/drivers/ble/radio/noble-radio.ts';
import { type Clock, systemClock } from '../../../host/src/drivers/clock.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { Lab } from './lab.ts';
import { LEAF } from './leaf-services.ts';
import { addressOf } from './probe-gateway.ts';

const test = suite('habits of noble that the host makes up for', { timeoutMs: 60_000, needs: [TOOLS.socat] });
const PATH = { service: LEAF.service, characteristic: LEAF.store };
const SPEED = 20;
/** Deadlines that pass twenty times as fast. */
const fastClock: Clock = {
  now: () => systemClock.now() * SPEED,
  time: () => systemClock.time(),
  after: (delayMs, callback) => systemClock.after(delayMs / SPEED, callback),
};

async function withCentral(
  radio: ConstructorParameters<typeof Central>[0]['radio'],
  body: (central: Central, logs: string[]) => Promise<void>,
  clock?: Clock,
): Promise<void> {
  const logs: string[] = [];
  const log = (_level: string, text: string): void => void logs.push(text);
  const openRadio = openNobleRadio();
  const central = new Central({ radio, connections: 5, openRadio, log, ...(clock === undefined ? {} : { clock }) });
  central.open();
  try {
    await body(central, logs);
  } finally {
    await central.close();
  }
}

const uartOf = (lab: Lab) => ({ port: lab.server.ttyPath(0), baudRate: 1_000_000 });
const readEnd = (ask: (ended: (end: GattEnd<Uint8Array>) => void) => void): Promise<GattEnd<Uint8Array>> =>
  new Promise(ask);

test('it ends the process at a SIGINT; the host keeps that for itself, and adds nothing that stays', () =>
  Lab.run(1, async (lab) => {
    const before = [process.listeners('SIGINT'), process.listenerCount('exit')];
    for (let time = 0; time < 3; time++)
      await withCentral(uartOf(lab), async (central) => {
        await until('the adapter', () => central.isReady);
        assert.deepEqual(process.listeners('SIGINT'), before[0]);
      });
    assert.deepEqual([process.listeners('SIGINT'), process.listenerCount('exit')], before);
  }));

test('an adapter of the kernel that is not there, and a port that does not exist, are said to be lost, and nothing is printed', async () => {
  const printed: unknown[] = [];
  const { log, warn } = console;
  console.log = (...words) => void printed.push(words);
  console.warn = console.log;
  try {
    for (const radio of [{ adapter: 'hci199' }, { port: '/dev/no-such-port', baudRate: 1_000_000 }])
      await withCentral(
        radio,
        async (central, logs) => {
          await until('two attempts', () => (central.status()['losses'] as number) >= 2, 15_000);
          assert.equal(logs.length, 1, 'said once');
          assert.match(logs[0]!, /cannot be used/);
        },
        fastClock,
      );
  } finally {
    Object.assign(console, { log, warn });
  }
  assert.deepEqual(printed, []);
});

test('it waits for ever for a device that does not answer an attempt; here that is given up, and others have their turn', () =>
  Lab.run(3, async (lab) => {
    await lab.leaves(1, 2);
    await withCentral(uartOf(lab), async (central) => {
      // Heard, and gone before it can be connected to.
      let isGone = false;
      const stop = central.watch({
        mode: 'passive',
        heard: ({ address }) => {
          if (address !== addressOf(1) || isGone) return;
          isGone = true;
          lab.server.air.silence(1);
        },
      });
      await until('the silence', () => isGone);
      stop();
      const failures: string[] = [];
      const claim = central.claim({
        ...{ address: addressOf(1), timeoutMs: 300, isBusy: () => true },
        events: {
          opened: () => undefined,
          notified: () => undefined,
          closed: () => undefined,
          failed: (reason) => failures.push(reason),
        },
      });
      lab.server.air.resume(1);
      await until('it is heard', () => {
        claim.request();
        return claim.wasHeard(3_000) || claim.state === 'connecting';
      });
      lab.server.air.silence(1);
      const { link, release } = await connectOnce(central, { address: addressOf(2), timeoutMs: 8_000 });
      assert.equal((await readEnd((ended) => link.read(PATH, ended))).kind, 'done');
      release();
      lab.server.air.resume(1);
      await until('the link', () => claim.state === 'linked', 20_000);
      central.removeClaim(claim);
    });
  }));

test('a read on a link that has ended settles: it never does there', () =>
  Lab.run(2, async (lab) => {
    await lab.leaves(1);
    await withCentral(uartOf(lab), async (central) => {
      let isClosed = false;
      const { link } = await connectOnce(central, {
        ...{ address: addressOf(1), timeoutMs: 5_000 },
        closed: () => {
          isClosed = true;
        },
      });
      lab.server.air.drop(1);
      await until('the end', () => isClosed);
      const end = await readEnd((ended) => link.read(PATH, ended));
      assert.deepEqual(end, { kind: 'lost', loss: 'closed', wasSent: false });
    });
  }));

test('it keeps every device that it ever heard; here none of them reaches it', () =>
  Lab.run(3, async (lab) => {
    await lab.leaves(1, 2);
    let known: () => number = () => 0;
    const logs: string[] = [];
    const load = async () => {
      const { withBindings } = await import('@stoprocent/noble');
      return {
        withBindings: (...options: Parameters<typeof withBindings>) => {
          const noble = withBindings(...options);
          known = () => (noble as unknown as { _peripherals: Map<string, unknown> })._peripherals.size;
          return noble;
        },
      };
    };
    const central = new Central({
      ...{ radio: uartOf(lab), connections: 5, openRadio: openNobleRadio(load) },
      log: (_level, text) => logs.push(text),
    });
    central.open();
    const heard = new Set<string>();
    central.watch({ mode: 'active', heard: ({ address }) => heard.add(address) });
    await until('both', () => heard.size === 2);
    assert.equal(known(), 0);
    const { release } = await connectOnce(central, { address: addressOf(1), timeoutMs: 8_000 });
    assert.equal(known(), 1);
    release();
    await central.close();
  }));

test.run();
