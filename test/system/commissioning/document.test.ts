import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { startLibmodbus, startPymodbusLine } from '../../peers/modbus-servers.ts';
import { openPtyPair } from '../../peers/pty-pair.ts';
import { readDocument } from '../../unit/docs/tables.ts';
import { COMMAND } from './gatehouse-process.ts';
import { examplesOf, runScript } from './script.ts';

const test = suite('docs/commissioning.md', {
  needs: [TOOLS.socat, TOOLS.pymodbus, TOOLS.cc, TOOLS.libmodbus],
  timeoutMs: 120_000,
});
const document = readDocument('commissioning.md');

const GATEWAY = /^```json\n([\s\S]*?)^```/m.exec(document)![1]!;

/** Times differ from run to run. */
const withoutTimes = (text: string): string =>
  text
    .replaceAll(/\d+\.\d (m?s)\b/g, '# $1')
    .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, '#')
    .replaceAll(/\d{4}-\d\d-\d\dT#Z/g, '#');

test('its commands print what it says, against libmodbus over TCP and pymodbus on a line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-commissioning-'));
  const server = await startLibmodbus();
  const ports = await openPtyPair();
  const line = await startPymodbusLine(ports.far, [3, 17]);
  const real = (text: string): string =>
    text.replaceAll('/dev/ttyUSB0', ports.near).replaceAll('--tcp 192.168.1.20', `--tcp 127.0.0.1:${server.port}`);
  const told = (text: string): string =>
    text.replaceAll(ports.near, '/dev/ttyUSB0').replaceAll(`127.0.0.1 port ${server.port}`, '192.168.1.20 port 502');
  try {
    writeFileSync(
      join(folder, 'gateway.json'),
      GATEWAY.replace('"host": "192.168.1.20"', `"host": "127.0.0.1", "port": ${server.port}`),
    );
    const examples = examplesOf(document).filter(({ kind }) => kind === '');
    assert.ok(examples.length >= 9);
    for (const { code, script, expected } of examples) {
      const { output, code: ended } = await runScript(folder, real(script));
      assert.equal(withoutTimes(told(output)), withoutTimes(expected), script);
      assert.equal(ended, code, script);
    }
  } finally {
    await line.stop();
    await ports.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});

test('says what to install when serialport is not there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-alone-'));
  try {
    copyFileSync(COMMAND, join(folder, 'gatehouse.mjs'));
    const alone = await runScript(
      folder,
      `"${process.execPath}" gatehouse.mjs modbus read --serial /dev/ttyUSB0 holding:0`,
    );
    assert.equal(alone.code, 1, alone.output);
    assert.match(alone.output, /npm install serialport@13 .*\(SERIAL_MISSING\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
