// What the cell may load: nothing here reaches node:net. The driver itself is in modbus-driver.ts.
export { type AddressText, type AddressTextProblem, parseAddressText } from './address-text.ts';
export { type AnswerBlock, decodeAnswer } from './answer-blocks.ts';
export { encodeModbusRequest } from './encode-request.ts';
export { compileModbusGuard, type ModbusFacts } from './guard.ts';
export { decodeIdentification, type IdentificationObject } from './identification.ts';
export { formatRange, type RegisterRange, type Table } from './register-range.ts';
export type { ModbusRequest } from './request.ts';
export { decodeModbusRequest } from './request-codec.ts';
