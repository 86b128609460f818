export { DEVICES_MAX, devicesShape } from './device-shape.ts';
export type { LeafDevices } from './leaf-devices.ts';
export { listenProblems } from './listen-problems.ts';
export { type DeviceSource, differingMembers, type MergedDevices, mergeDevices } from './merge-devices.ts';
export { portProblems } from './port-problems.ts';
export { type SecretReference, secretReferences } from './secret-references.ts';
