import { type ErrorCode, GatehouseError } from '../errors.ts';

/** How far a connection had come when it failed. */
export type ConnectStage = 'files' | 'tcp' | 'tls' | 'mqtt' | 'connected';

export interface FailurePlace {
  readonly url: string;
  /** Device, or device/module. */
  readonly identity: string;
  readonly stage: ConnectStage;
}

/** CONNACK codes, of MQTT 3.1.1 and 5, that another attempt with the same credentials will not change. */
const REFUSALS = new Set([2, 4, 5, 133, 134, 135, 138, 140]);
/** Network errors that TLS code reports as well, when the other side goes away during the handshake. */
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/;

/** True for a hub that understood us and does not let us in; another version of MQTT would not change that. */
export function isRefusal(reasonCode: number | undefined): boolean {
  return reasonCode !== undefined && REFUSALS.has(reasonCode);
}

/** The coded error for whatever a socket, TLS or the MQTT client reported. */
export function connectFailure(cause: unknown, place: FailurePlace): GatehouseError {
  const reason = describe(cause);
  const { url, identity, stage } = place;
  const details = { url, identity, stage, reason };
  return new GatehouseError(codeOf(cause, stage), sentence(stage, place, reason), { details, cause });
}

/** The number that came with a refusal in a CONNACK or PUBACK. */
export function reasonCodeOf(cause: unknown): number | undefined {
  const code = codeProperty(cause);
  return typeof code === 'number' ? code : undefined;
}

function codeOf(cause: unknown, stage: ConnectStage): ErrorCode {
  const code = codeProperty(cause);
  if (stage === 'files') return 'UPLINK_TLS';
  if (typeof code === 'number') return isRefusal(code) ? 'UPLINK_REFUSED' : 'UPLINK_UNREACHABLE';
  if (typeof code !== 'string' || NETWORK.test(code)) return 'UPLINK_UNREACHABLE';
  // With TLS 1.3 a hub refuses our certificate after our side of the handshake is done, with an alert.
  return stage === 'tls' || /^ERR_(SSL|TLS)|^EPROTO/.test(code) ? 'UPLINK_TLS' : 'UPLINK_UNREACHABLE';
}

function sentence(stage: ConnectStage, { url, identity }: FailurePlace, reason: string): string {
  if (stage === 'connected') return `The connection of ${identity} to ${url} ended: ${reason}`;
  return `${identity} cannot connect to ${url}: ${reason}`;
}

/** Errors of several addresses in one have an empty message, so their code must do. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== '') return cause.message;
  return String(codeProperty(cause) ?? cause.name);
}

function codeProperty(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
