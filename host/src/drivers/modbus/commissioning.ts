// What the command `gatehouse modbus` uses of the driver: the ways to a device and the requests, without modules and grants. The host
// itself does not import this file.
export { systemClock } from '../clock.ts';
export { loadSerialPort } from '../load-serial-port.ts';
export { parseAddressText } from './address-text.ts';
export { type AnswerBlock, decodeAnswer, encodeReadAnswer } from './answer-blocks.ts';
export type { ModbusConfig, SerialLine, SerialLines } from './config.ts';
export { mayHaveTakenEffect } from './detail.ts';
export { type DeviceLink, NOTHING_WAITS, WRITE_WAITS } from './device-link.ts';
export type { Exchange, Loss } from './exchange.ts';
export { decodeIdentification, Identification, type IdentificationObject } from './identification.ts';
export { LineDevices, type WayToDevice } from './line-devices.ts';
export { Link } from './link.ts';
export { READ_DATA_AT } from './pdu.ts';
export { planReads } from './read-plan.ts';
export { formatRange, isBitTable, isWritable, type RegisterRange, readMax, WRITE_MAX } from './register-range.ts';
export type { PduRequest, WriteRequest } from './request.ts';
export { openTcpTransport } from './tcp-transport.ts';
