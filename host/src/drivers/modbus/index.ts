// What tests and benches use of the driver: addresses, payloads and the guard. The host itself does not import this file.
export { parseAddressText } from './address-text.ts';
export { type AnswerBlock, decodeAnswer } from './answer-blocks.ts';
export { encodeModbusRequest } from './encode-request.ts';
export { compileModbusGuard, type ModbusFacts } from './guard.ts';
export { decodeIdentification } from './identification.ts';
export { formatRange, type RegisterRange, type Table } from './register-range.ts';
export type { ModbusRequest } from './request.ts';
export { decodeModbusRequest } from './request-codec.ts';
