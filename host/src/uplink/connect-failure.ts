import { type ErrorCode, GatehouseError } from '../errors.ts';
import { type ConnectStage, describeCause, type FailureKind, failureKind } from '../mqtt/failure.ts';

export interface FailurePlace {
  readonly url: string;
  /** Device, or device/module. */
  readonly identity: string;
  readonly stage: ConnectStage;
}

const CODES: Readonly<Record<FailureKind, ErrorCode>> = {
  unreachable: 'UPLINK_UNREACHABLE',
  tls: 'UPLINK_TLS',
  refused: 'UPLINK_REFUSED',
};

/** The coded error for whatever a socket, TLS or the MQTT client reported. */
export function connectFailure(cause: unknown, place: FailurePlace): GatehouseError {
  const reason = describeCause(cause);
  const { url, identity, stage } = place;
  const details = { url, identity, stage, reason };
  return new GatehouseError(CODES[failureKind(cause, stage)], sentence(place, reason), { details, cause });
}

function sentence({ url, identity, stage }: FailurePlace, reason: string): string {
  if (stage === 'connected') return `The connection of ${identity} to ${url} ended: ${reason}`;
  return `${identity} cannot connect to ${url}: ${reason}`;
}
