export { creationTime, TIME_PROPERTY } from './creation-time.ts';
export { environmentWith } from './environment.ts';
export type { Identity } from './identity.ts';
export { Uplink } from './uplink.ts';
export type { LinkState, UplinkEvents } from './uplink-events.ts';
export type { ConnectionStatus, UplinkStatus } from './uplink-status.ts';
export type { UpstreamMessage } from './upstream-message.ts';
