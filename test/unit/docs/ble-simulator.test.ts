import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { AIR_ERRORS } from '../../../tools/simulators/ble/air-error.ts';
import { AirServer } from '../../../tools/simulators/ble/air-server.ts';
import { serveControl } from '../../../tools/simulators/ble/control-channel.ts';
import { CONTROL_FIELDS, CONTROLLERS_MAX } from '../../../tools/simulators/ble/control-message.ts';
import { LANE_FRAGMENTS_MAX } from '../../../tools/simulators/ble/lane.ts';
import { LINKS_MAX } from '../../../tools/simulators/ble/link.ts';
import { assert, suite } from '../../lib/suite.ts';
import { cellsOf, namedRows, readDocument, sectionOf } from './tables.ts';

const test = suite('docs/ble-simulator.md');
const document = readDocument('ble-simulator.md');
const rows = namedRows(sectionOf(document, 'Control messages')).map(cellsOf);

test('lists every kind of message with its fields and their ranges, and every code', () => {
  const messages = rows
    .filter(([name]) => /^[a-z]+$/.test(name!))
    .map(([kind, fields]) => [kind, fields!.match(/`\w+`/g) ?? []]);
  const wanted = Object.entries(CONTROL_FIELDS).map(([kind, fields]) => [
    kind,
    Object.keys(fields)
      .filter((name) => name !== 'controller')
      .map((name) => `\`${name}\``),
  ]);
  assert.deepEqual(messages, wanted);
  for (const [kind, text] of rows) {
    for (const [, name, range] of text!.matchAll(/`(\w+)`: (-?\d+ to -?\d+)/g))
      assert.equal(`a whole number from ${range}`, CONTROL_FIELDS[kind as 'drop'][name!]?.expected);
  }
  const codes = rows.filter(([name]) => /^[A-Z_]+$/.test(name!));
  assert.deepEqual(Object.fromEntries(codes), AIR_ERRORS);
});

test('its example is answered as it says', async () => {
  const [asked, answered] = [...document.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1]!);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-air-doc-'));
  const server = await AirServer.open({ folder, controllers: 2, hasTtys: false });
  try {
    const output = new PassThrough();
    await serveControl(Readable.from([Buffer.from(asked!)]), output, (message) => server.perform(message));
    output.end();
    assert.equal(Buffer.concat(await output.toArray()).toString(), answered);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true });
  }
});

test('its limits are those of the code', () => {
  const [controllers, links, packets] = sectionOf(document, 'Limits').match(/\d+/g)!.map(Number);
  assert.deepEqual([controllers, links, packets], [CONTROLLERS_MAX, LINKS_MAX, LANE_FRAGMENTS_MAX]);
});

test.run();
