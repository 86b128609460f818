import modbus from 'modbus-serial';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { until } from '../../lib/until.ts';
import { mbpoll, runLibmodbusClient, runPymodbusClient } from '../../peers/modbus-clients.ts';
import { ServerBench } from './server-bench.ts';

const test = suite('modbus server and clients that nobody here wrote', { timeoutMs: 60_000 });
const EXCEPTION = (code: number) => ['exception', code];

/** What a client gets that uses every function once, in the order of the programs in `test/peers`. */
const RESULTS = [
  [0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
  [1, 0, 1, 0, 1, 0, 1, 0, 1, 0],
  [1000, 1001, 1002],
  [0x41ac, 0, 1, 4464],
  ...['ok', 'ok', 'ok', 'ok', 'ok'],
  [1000, 1001],
  ...[EXCEPTION(2), EXCEPTION(2), EXCEPTION(1), EXCEPTION(10)],
];
/** 1010 AND 0x00ff OR 0x1200. */
const MASKED = (1_010 & 0xff) | 0x1200;
const WRITES = [
  [1, 3, 1],
  [3, 20, 4660],
  [1, 0, 1, 0, 1],
  [3, 21, 1, 2, 3],
  [3, 10, MASKED],
  [3, 25, 7, 8],
];

const withBench = (body: (bench: ServerBench) => Promise<void>) => async () => {
  const bench = await ServerBench.open();
  try {
    await body(bench);
  } finally {
    await bench.close();
  }
};

test(
  'pymodbus reads, writes and is refused with every function, and learns who it is',
  withBench(async (bench) => {
    const results = await runPymodbusClient(bench.port);
    assert.deepEqual(results.slice(0, -1), RESULTS);
    assert.deepEqual(results.at(-1), {
      ...{ 0: 'Gatehouse', 1: 'gatehouse-host', 2: '1.2.3', 4: 'Gatehouse gateway', 6: 'gw-1' },
    });
    assert.deepEqual(bench.taken, WRITES);
    assert.ok(bench.audits.every(({ outcome, client }) => outcome === 'confirmed' && client?.startsWith('127.0.0.1:')));
  }),
  { needs: [TOOLS.pymodbus] },
);

test(
  'libmodbus reads, writes and is refused with every function, as unit 255',
  withBench(async (bench) => {
    assert.deepEqual(await runLibmodbusClient(bench.port), RESULTS);
    assert.deepEqual(bench.taken, WRITES);
  }),
  { needs: [TOOLS.cc, TOOLS.libmodbus] },
);

test(
  'mbpoll reads every table and type, writes, and says why it is refused',
  withBench(async ({ port, taken }) => {
    const read = async (type: string, address: number, count?: number) => {
      const text = await mbpoll(port, { type, address, ...(count === undefined ? {} : { count }) });
      return [...text.matchAll(/^\[\d+\]:\s+(\S+)/gm)].map(([, value]) => value);
    };
    assert.deepEqual(await read('0', 0, 4), ['0', '1', '0', '1']);
    assert.deepEqual(await read('1', 0, 4), ['1', '0', '1', '0']);
    assert.deepEqual(await read('4', 0, 2), ['1000', '1001']);
    assert.deepEqual(await read('3', 18, 2), ['2018', '2019']);
    assert.deepEqual(await read('3:float', 10), ['21.5']);
    assert.deepEqual(await read('3:int', 12), ['70000']);
    assert.match(await mbpoll(port, { type: '4', address: 12, values: [77] }), /Written 1 reference/);
    assert.match(await mbpoll(port, { type: '0', address: 4, values: [1, 1] }), /Written 2 reference/);
    assert.deepEqual(taken, [
      [3, 12, 77],
      [1, 4, 1, 1],
    ]);
    assert.deepEqual(await read('4', 12), ['77'], 'the module has set what it was told');
    assert.match(await mbpoll(port, { type: '4', address: 100 }), /Illegal data address/);
    assert.match(await mbpoll(port, { type: '4', address: 0, values: [1] }), /Illegal data address/);
  }),
  { needs: [TOOLS.mbpoll] },
);

test(
  'modbus-serial reads and writes, and sees values that are not fresh as exception 11',
  withBench(async (bench) => {
    const client = new modbus.default();
    await client.connectTCP('127.0.0.1', { port: bench.port });
    try {
      client.setTimeout(10_000);
      client.setID(1);
      assert.deepEqual((await client.readHoldingRegisters(0, 3)).data, [1000, 1001, 1002]);
      assert.deepEqual((await client.readInputRegisters(10, 2)).buffer.readFloatBE(), 21.5);
      assert.deepEqual((await client.readCoils(0, 8)).data, [false, true, false, true, false, true, false, true]);
      await client.writeRegisters(20, [1, 2]);
      await client.writeCoil(0, true);
      await client.maskWriteRegister(10, 0x00ff, 0x1200);
      await until('three writes', () => bench.taken.length === 3);
      assert.deepEqual((await client.readHoldingRegisters(10, 1)).data, [MASKED]);
      const exceptionOf = (request: Promise<unknown>) =>
        request.then(
          () => 0,
          ({ modbusCode }: { modbusCode: number }) => modbusCode,
        );
      assert.equal(await exceptionOf(client.readHoldingRegisters(20, 1)), 2);
      bench.driver.moduleDown('m');
      assert.equal(await exceptionOf(client.readHoldingRegisters(0, 1)), 11);
      assert.equal(await exceptionOf(client.writeRegister(20, 1)), 11);
    } finally {
      await new Promise<void>((resolve) => client.close(() => resolve()));
    }
  }),
);

test.run();
