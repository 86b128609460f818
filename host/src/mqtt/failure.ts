/** How far a connection had come when it failed. */
export type ConnectStage = 'files' | 'tcp' | 'tls' | 'mqtt' | 'connected';

/** What kind of thing is wrong: nobody there, certificates that are not accepted, or credentials that are refused. */
export type FailureKind = 'unreachable' | 'tls' | 'refused';

/** CONNACK codes, of MQTT 3.1.1 and 5, that another attempt with the same credentials will not change. */
const REFUSALS = new Set([2, 4, 5, 133, 134, 135, 138, 140]);
/** Network errors that TLS code reports as well, when the other side goes away during the handshake. */
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/;

/** True for a peer that understood us and does not let us in; another version of MQTT would not change that. */
export function isRefusal(reasonCode: number | undefined): boolean {
  return reasonCode !== undefined && REFUSALS.has(reasonCode);
}

/** The number that came with a refusal in a CONNACK or PUBACK. */
export function reasonCodeOf(cause: unknown): number | undefined {
  const code = codeProperty(cause);
  return typeof code === 'number' ? code : undefined;
}

/** The kind of whatever a socket, TLS or the MQTT client reported. */
export function failureKind(cause: unknown, stage: ConnectStage): FailureKind {
  const code = codeProperty(cause);
  if (stage === 'files') return 'tls';
  if (typeof code === 'number') return isRefusal(code) ? 'refused' : 'unreachable';
  if (typeof code !== 'string' || NETWORK.test(code)) return 'unreachable';
  // With TLS 1.3 a peer refuses our certificate after our side of the handshake is done, with an alert.
  return stage === 'tls' || /^ERR_(SSL|TLS)|^EPROTO/.test(code) ? 'tls' : 'unreachable';
}

/** Errors of several addresses in one have an empty message, so their code must do. */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.message !== '') return cause.message;
  return String(codeProperty(cause) ?? cause.name);
}

function codeProperty(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
