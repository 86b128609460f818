import { IMPORT_COSTS, JSON_COSTS } from '../../../host/src/abi/import-costs.ts';
import { IMPORTS } from '../../../host/src/abi/imports.ts';
import { SECRETS_MAX } from '../../../host/src/configuration/secrets-shape.ts';
import { DEVICES_MAX } from '../../../host/src/devices/index.ts';
import { FILTER_ENTRIES_MAX } from '../../../host/src/drivers/ble/config-shape.ts';
import { BLE_LIMITS } from '../../../host/src/drivers/ble/limits.ts';
import { HTTP_LIMITS } from '../../../host/src/drivers/http/limits.ts';
import { POLL_RANGES_MAX, POLL_VALUES_MAX, POLLS_MAX } from '../../../host/src/drivers/modbus/config-shape.ts';
import { MODBUS_SERVER_LIMITS } from '../../../host/src/drivers/modbus-server/limits.ts';
import { MQTT_LIMITS } from '../../../host/src/drivers/mqtt/limits.ts';
import { FILE_CHARACTERS_MAX, JSON_DEPTH_MAX, PROBLEMS_MAX } from '../../../host/src/json/index.ts';
import {
  ABI_LIMITS,
  JOURNAL_LIMITS,
  type Limit,
  MODULE_LIMITS,
  QUEUE_LIMITS,
  REPORT_LIMITS,
  SIGNATURE_LIMITS,
} from '../../../host/src/limits.ts';
import { STATE_BYTES_MAX } from '../../../host/src/manifest/grant-shape.ts';
import { MODULES_MAX, OWN_CELLS_MAX, ROUTES_MAX } from '../../../host/src/manifest/manifest-shape.ts';
import { GRANT_ENTRIES_MAX } from '../../../host/src/manifest/name-rules.ts';
import { ROUTE_BYTES_MAX } from '../../../host/src/manifest/route-shape.ts';
import { ROUTE_LIMITS } from '../../../host/src/routes/index.ts';
import { DEFAULT_FUNCTION_BYTES, STRUCTURE_LIMITS } from '../../../host/src/sandbox/structure-limits.ts';
import { SECRET_BYTES_MAX } from '../../../host/src/secrets/index.ts';
import { assert, suite } from '../../lib/suite.ts';
import { cellsOf, namedRows, readDocument, readNumber, sectionOf } from './tables.ts';

const test = suite('docs/limits.md');
const document = readDocument('limits.md');
const rowsOf = (heading: string) => namedRows(sectionOf(document, heading)).map(cellsOf);

function assertSettable(heading: string, limits: Readonly<Record<string, Limit>>): void {
  const written = rowsOf(heading).map(([name, fallback, max, unit, text]) => [
    name,
    { default: readNumber(fallback!), max: readNumber(max!), unit, text },
  ]);
  assert.deepEqual(written, Object.entries(limits));
}

function assertFixed(heading: string, limits: Readonly<Record<string, number>>): void {
  const rows = rowsOf(heading);
  assert.deepEqual(
    rows.map(([name, value]) => [name, readNumber(value!)]),
    Object.entries(limits),
  );
  for (const [name, , text] of rows) assert.ok(text?.endsWith('.'), `${name} is explained`);
}

test('names all limits of a module and no others, with default, maximum and unit', () => {
  assertSettable('What a module may use', MODULE_LIMITS);
});

test('has what each import costs, and all imports', () => {
  const expected = Object.entries(IMPORT_COSTS).map(([name, { base, ...rest }]) => [
    name,
    base,
    'bytesPerFuel' in rest ? rest.bytesPerFuel : undefined,
  ]);
  const written = rowsOf('What imports cost').map(([name, base, bytes]) => [
    name,
    readNumber(base!),
    bytes === '-' ? undefined : readNumber(bytes!),
  ]);
  assert.deepEqual(written, expected);
  const imports = Object.entries(IMPORTS).flatMap(([namespace, names]) =>
    Object.keys(names).map((name) => `${namespace}.${name}`),
  );
  assert.deepEqual(Object.keys(IMPORT_COSTS).sort(), imports.sort());
});

test('has what JSON costs', () => {
  assertFixed('What JSON costs', JSON_COSTS);
});

test('names all limits of a queue and no others', () => {
  assertSettable('Queues of inputs', QUEUE_LIMITS);
});

test('names all limits of the ABI and no others', () => {
  assertFixed('The ABI', ABI_LIMITS);
});

test('names all limits of configuration files and no others', () => {
  assertFixed('Configuration files', {
    FILE_CHARACTERS_MAX,
    JSON_DEPTH_MAX,
    PROBLEMS_MAX,
    MODULES_MAX,
    ROUTES_MAX,
    OWN_CELLS_MAX,
    ROUTE_BYTES_MAX,
    GRANT_ENTRIES_MAX,
    STATE_BYTES_MAX,
    DEVICES_MAX,
    POLLS_MAX,
    POLL_RANGES_MAX,
    POLL_VALUES_MAX,
    SECRETS_MAX,
    SECRET_BYTES_MAX,
  });
});

test('names all limits of routes and no others', () => {
  assertFixed('Routes', ROUTE_LIMITS);
});

test('names all limits of Modbus servers and no others', () => {
  assertFixed('Modbus servers', MODBUS_SERVER_LIMITS);
});

test('names all limits of requests over HTTP and no others', () => {
  assertFixed('HTTP', HTTP_LIMITS);
});

test('names all limits of Bluetooth and no others', () => {
  assertFixed('Bluetooth', { ...BLE_LIMITS, FILTER_ENTRIES_MAX });
});

test('names all limits of MQTT and no others', () => {
  assertFixed('MQTT', MQTT_LIMITS);
});

test('names all limits of the journal and no others', () => {
  assertFixed('Journal', JOURNAL_LIMITS);
});

test('names all limits of security events and metrics and no others', () => {
  assertFixed('Security events and metrics', REPORT_LIMITS);
});

test('names all limits of signatures and no others', () => {
  assertFixed('Signatures and trust', SIGNATURE_LIMITS);
});

test('names all limits on the structure of a module and no others', () => {
  assertFixed('Structure of a module file', { ...STRUCTURE_LIMITS, functionBytes: DEFAULT_FUNCTION_BYTES });
});

test.run();
