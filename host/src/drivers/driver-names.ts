/** Capabilities whose requests a driver answers; frames between the threads name them by index. Each has a folder here. */
export const DRIVERS = ['modbus', 'serial', 'modbus-server', 'http', 'ble', 'mqtt'] as const;
export type DriverName = (typeof DRIVERS)[number];
