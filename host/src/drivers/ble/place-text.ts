import { canonicalUuid } from './uuid.ts';

/** A characteristic, or all of a service, by canonical UUIDs. */
export interface Place {
  readonly service: string;
  /** Absent: every one of the service. */
  readonly characteristic?: string;
}

/** Reads `service` or `service/characteristic`; undefined for what is neither. */
export function parsePlace(text: string): Place | undefined {
  const [first = '', second, ...more] = text.split('/');
  const service = canonicalUuid(first);
  const characteristic = second === undefined ? undefined : canonicalUuid(second);
  if (service === undefined || more.length > 0) return undefined;
  if (second === undefined) return { service };
  return characteristic === undefined ? undefined : { service, characteristic };
}
