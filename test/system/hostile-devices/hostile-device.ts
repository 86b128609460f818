import mqtt from 'mqtt-packet';
import { encodeBleRequest } from '../../../host/src/drivers/ble/request-codec.ts';
import { decodeAnswer as decodeHttp } from '../../../host/src/drivers/http/answer-codec.ts';
import { encodeHttpRequest } from '../../../host/src/drivers/http/request-codec.ts';
import { decodeAnswer as decodeModbus } from '../../../host/src/drivers/modbus/answer-blocks.ts';
import { encodeModbusRequest } from '../../../host/src/drivers/modbus/encode-request.ts';
import { encodeMqttRequest } from '../../../host/src/drivers/mqtt/request-codec.ts';
import { encodeSerialRequest } from '../../../host/src/drivers/serial/request-codec.ts';
import type { Answer, Ask } from '../../lib/asker.ts';
import { goodAnswer } from '../../peers/evil-modbus-server.ts';
import { bytesInOrder } from '../../peers/evil-mqtt-broker.ts';
import { readOf, writeOf } from '../../unit/host/drivers/driver-rig.ts';
import { rtuAnswer } from '../../unit/host/drivers/fake-bus.ts';
import { requestOf } from '../../unit/host/drivers/fake-network.ts';
import { requestTo } from '../../unit/host/drivers/http-rig.ts';
import { addressOf } from '../ble/probe-gateway.ts';
import { PATH } from '../ble/raw-bench.ts';
import { goodLeafAnswer, LEAF_CONTROLLER, NOTIFIED, VALUE } from './hostile-leaf.ts';

/** A kind of device that a module asks again and again, and how to tell its answers from what must never reach the module. */
export interface HostileDevice {
  readonly capability: 'modbus' | 'serial' | 'http' | 'mqtt' | 'ble';
  /**
   * A server that is reached over TCP or through a serial port, which socat makes; clients, which come to the gateway; or a leaf
   * on a virtual air, which is reached through the serial port of the other controller.
   */
  readonly peer: 'server' | 'port' | 'clients' | 'leaf';
  /** How often each misdeed is done, where fewer are enough. */
  readonly rounds?: number;
  readonly grantOf: (name: string, port: number) => unknown;
  /** Members of `gateway.json`; `path` is that of the serial port. */
  readonly configOf: (
    name: string,
    port: number,
    path: string,
  ) => Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly asksOf: (name: string, port: number) => readonly Ask[];
  /** What a good device says to a request, or a good client by itself. */
  readonly answer: (request: Buffer) => Buffer;
  /** Requests that are always answered well. */
  readonly isSpared?: (request: Buffer) => boolean;
  /** Status, detail and what came, as text. */
  readonly show: (answer: Answer) => string;
  /** What may come out, good or bad. */
  readonly allowed: RegExp;
  /** What a good device gives to the request at this place. */
  readonly good: readonly string[];
}

const POLLS = { fast: { registers: ['holding:3-4'], intervalMs: 20 } };
const FRAME_BYTES = 256;
const HELLO = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello';
/** Details of a connection that is away, lost, or says something else, of silence, and of a write too late. */
const MODBUS_FAULTS = '-6 25[678] |-7 259 |-8 0 |-9 25[789] ';
/** The same of a leaf, and the codes of its refusals. */
const LEAF_FAULTS = '-6 25[6789] |-7 259 |-8 0 |-9 25[789] |-10 \\d{1,3} ';
const origin = (port: number): string => `http://127.0.0.1:${port}`;

const modbusShow = ({ status, detail, payload }: Answer): string =>
  `${status} ${detail} ${(decodeModbus(payload) ?? []).map(({ values }) => values)}`;
const modbusAsks = (name: string): readonly Ask[] => [
  { request: encodeModbusRequest({ kind: 'subscribe', poll: Buffer.from('fast') }, name), isSubscription: true },
  { request: encodeModbusRequest(readOf('holding:7-8'), name) },
  { request: encodeModbusRequest(writeOf('holding:5', [1], 300), name) },
];
const modbusGrant = (device: string) => ({ device, read: ['holding:7-8'], write: ['holding:5'], poll: ['fast'] });

const tcp: HostileDevice = {
  capability: 'modbus',
  peer: 'server',
  grantOf: modbusGrant,
  configOf: (name, port) => ({
    devices: { [name]: { type: 'modbus-tcp', host: '127.0.0.1', port, timeoutMs: 200, polls: POLLS } },
  }),
  asksOf: modbusAsks,
  answer: (request) => (request.length < 12 ? Buffer.of(0) : goodAnswer(requestOf(request))),
  show: modbusShow,
  allowed: new RegExp(`^(0 0 (3,4|7,8|)|${MODBUS_FAULTS})$`),
  good: ['0 0 3,4', '0 0 7,8', '0 0 '],
};

const line: HostileDevice = {
  ...tcp,
  peer: 'port',
  configOf: (name, _port, path) => ({
    lines: { [name]: { path, baudRate: 115_200, parity: 'none', timeoutMs: 200 } },
    devices: { [name]: { type: 'modbus-rtu', line: name, unitId: 1, polls: POLLS } },
  }),
  answer: (request) => (request.length < 8 ? Buffer.of(0) : rtuAnswer(request.subarray(0, 8))),
  allowed: new RegExp(`^(0 0 (103,104|107,108|)|${MODBUS_FAULTS})$`),
  good: ['0 0 103,104', '0 0 107,108', '0 0 '],
};

/** Nothing protects a line of text, so what comes may be anything that a frame may be. */
const port: HostileDevice = {
  capability: 'serial',
  peer: 'port',
  grantOf: (device) => ({ device, read: true, write: true }),
  configOf: (name, _port, path) => ({
    devices: {
      [name]: {
        ...{ type: 'serial', path, baudRate: 115_200, frameBytes: FRAME_BYTES, timeoutMs: 100 },
        framing: { type: 'delimiter', delimiter: '\r\n' },
      },
    },
  }),
  asksOf: (name) => [
    { request: encodeSerialRequest({ kind: 'subscribe' }, name), isSubscription: true },
    { request: encodeSerialRequest({ kind: 'exchange', data: Buffer.from('PING\r\n'), expiryMs: 1_000 }, name) },
  ],
  answer: () => Buffer.from('PONG\r\n'),
  show: ({ status, detail, payload }) => `${status} ${detail} ${payload.toString('latin1')}`,
  allowed: new RegExp(`^(0 0 [^]{0,${FRAME_BYTES}}|-7 0 |-8 0 |-9 0 )$`),
  good: ['', '0 0 PONG'],
};

const web: HostileDevice = {
  capability: 'http',
  peer: 'server',
  grantOf: (_name, port) => ({
    ...{ origins: [origin(port)], methods: ['GET', 'POST'], allowPrivate: true, answerBytes: 1_024, timeoutMs: 200 },
  }),
  configOf: () => ({}),
  asksOf: (_name, port) => [
    { request: encodeHttpRequest(requestTo(`${origin(port)}/`)) },
    { request: encodeHttpRequest(requestTo(`${origin(port)}/hook`, { method: 'POST', text: 'x' })) },
  ],
  answer: () => Buffer.from(HELLO),
  show: ({ status, detail, payload }) =>
    `${status} ${detail} ${Buffer.from(decodeHttp(payload)?.body ?? payload).toString('latin1')}`,
  allowed: /^(0 200 hello|-6 [356] |-7 9 |-9 [3569] |-8 9 )$/,
  good: ['0 200 hello', '0 200 hello'],
};

const CONNECT = 0x10;
const message = { payload: Buffer.from('on'), qos: 1, retain: false, expiryMs: 300 } as const;

/** Each connection that it ends makes the next one wait longer, so that one round is enough, and its log-in is left in peace. */
const broker: HostileDevice = {
  capability: 'mqtt',
  peer: 'server',
  rounds: 1,
  grantOf: (device) => ({ device, publish: ['cmd/#'] }),
  configOf: (name, port) => ({
    devices: {
      [name]: { type: 'mqtt-broker', url: `mqtt://127.0.0.1:${port}`, timeoutMs: 200, topics: [{ filter: 'plant/#' }] },
    },
  }),
  asksOf: (name) => [{ request: encodeMqttRequest({ ...message, topic: 'cmd/lamp' }, name) }],
  answer: bytesInOrder,
  isSpared: (request) => request[0] === CONNECT,
  show: ({ status, detail, payload }) => `${status} ${detail} ${payload.toString('latin1')}`,
  /** Acknowledged, not sent in time, or sent and not acknowledged. */
  allowed: /^(0|-8|-9) 0 $/,
  good: ['0 0 '],
};

/** What its clients do is none of the module's business, but for the moment before it listens, and a thread that floods keep busy. */
const listener: HostileDevice = {
  ...broker,
  peer: 'clients',
  rounds: 3,
  configOf: (name) => ({
    devices: { [name]: { type: 'mqtt-listener', port: 0, anonymous: { publish: ['boiler/#'], subscribe: [] } } },
  }),
  answer: () =>
    mqtt.generate({ cmd: 'publish', topic: 'boiler/a', payload: 'x', qos: 1, messageId: 1, dup: false, retain: false }),
  allowed: /^(0|-6|-8) 0 $/,
};

const ofLeaf = { path: PATH, expiryMs: 2_000 };

/** Nothing protects a value either, so that half of one may come. */
const leaf: HostileDevice = {
  capability: 'ble',
  peer: 'leaf',
  grantOf: (device) => ({ device, read: [PATH.service], write: [PATH.service], notify: [PATH.service] }),
  configOf: (name, _port, path) => ({
    bluetooth: { port: path, connections: 1 },
    devices: { [name]: { type: 'ble', address: addressOf(LEAF_CONTROLLER), timeoutMs: 200 } },
  }),
  asksOf: (name) => [
    { request: encodeBleRequest({ kind: 'subscribe', path: PATH }, name), isSubscription: true },
    { request: encodeBleRequest({ kind: 'read', ...ofLeaf }, name) },
    { request: encodeBleRequest({ kind: 'write', ...ofLeaf, data: Buffer.of(1), withResponse: true }, name) },
  ],
  answer: goodLeafAnswer,
  show: ({ status, detail, payload }) => `${status} ${detail} ${payload.toString('hex')}`,
  allowed: new RegExp(`^(0 0 (${VALUE}|${VALUE.slice(0, 2)}|)|0 \\d+ ${NOTIFIED}|${LEAF_FAULTS})$`),
  good: ['', `0 0 ${VALUE}`, '0 0 '],
};

export const HOSTILE_DEVICES = { tcp, line, port, web, broker, listener, leaf } as const satisfies Record<
  string,
  HostileDevice
>;
