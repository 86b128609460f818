export type { Advertisement } from './advertisement.ts';
export { Central, type CentralOptions, type ScanWatch } from './central.ts';
export type { Claim, ClaimEvents, ClaimOptions } from './claim.ts';
export { type ConnectOnceOptions, connectOnce, type OneLink } from './connect-once.ts';
export type { GattEnd, GattLink, LinkLoss } from './gatt-link.ts';
export type { CharacteristicInfo, CharacteristicPath, OpenRadio, RadioConfig } from './radio.ts';
export type { ScanMode } from './scan-control.ts';
