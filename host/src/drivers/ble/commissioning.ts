// What the command `gatehouse ble` uses of the driver: the central, and what advertisements say, without modules and grants. The host itself
// does not import this file.
export { type Advertised, readAdvertised } from './ad-structures.ts';
export { ADDRESS_PATTERN } from './address.ts';
export * from './central/index.ts';
export type { BleConfig, BluetoothConfig } from './config.ts';
export { parsePlace } from './place-text.ts';
export { loadNoble } from './radio/load-noble.ts';
export { openNobleRadio } from './radio/noble-radio.ts';
export { canonicalUuid } from './uuid.ts';
