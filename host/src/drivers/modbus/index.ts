// What the cell may load: nothing here reaches node:net. The driver itself is in modbus-driver.ts.
export { type AddressText, type AddressTextProblem, parseAddressText } from './address-text.ts';
export { type AnswerBlock, decodeAnswer } from './answer-blocks.ts';
export { compileModbusGuard, type ModbusFacts } from './guard.ts';
export { formatRange, type RegisterRange, type Table } from './register-range.ts';
export type { ModbusRequest } from './request.ts';
export { decodeModbusRequest, encodeModbusRequest } from './request-codec.ts';
