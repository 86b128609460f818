import type { Identity } from './identity.ts';
import { encodePropertyBag, type Property } from './property-bag.ts';

/** What the topics of all telemetry of one identity begin with. */
export function telemetryPrefix(identity: Identity): string {
  const device = `devices/${identity.deviceId}`;
  return identity.moduleId === undefined
    ? `${device}/messages/events/`
    : `${device}/modules/${identity.moduleId}/messages/events/`;
}

/**
 * What follows the prefix: the property bag. The name of an output is its first entry, and then the topic ends in a
 * slash that belongs to no value.
 */
export function telemetrySuffix(properties: readonly Property[], output?: string): string {
  if (output === undefined) return encodePropertyBag(properties);
  return `${encodePropertyBag([['$.on', output], ...properties])}/`;
}
