export type { Driver, DriverEvents, RequestCaller, RequestGuard, WriteAudit, WriteOutcome } from './driver.ts';
export { ModbusDriver, type ModbusDriverOptions } from './modbus/modbus-driver.ts';
