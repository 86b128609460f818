import type { UplinkConfig } from '../configuration/gateway.ts';
import { openStream, type StreamFailure, type StreamTarget } from '../mqtt/open-stream.ts';
import { systemEnvironment, type UplinkEnvironment } from './environment.ts';
import { loadMqttClient, openMqttSession } from './mqtt-session.ts';
import type { Session, SessionRequest } from './session.ts';

export interface OpenedSession {
  readonly kind: 'open';
  readonly session: Session;
}

/** Opens one MQTT connection; the signal ends the attempt, and its reason becomes the cause. */
export type OpenSession = (request: SessionRequest, signal: AbortSignal) => Promise<OpenedSession | StreamFailure>;

/**
 * Opens sessions to the hub of a configuration. While the time is not known, the dates of its certificate do not count. The MQTT client begins to load when this is called, and sockets are opened
 * meanwhile: at the start of a gateway this saves the time of the slower of the two.
 */
export function sessionOpener(
  config: UplinkConfig,
  environment: Pick<UplinkEnvironment, 'isTimeKnown' | 'floorMs'> = systemEnvironment,
): OpenSession {
  const client = loadMqttClient();
  // Whoever opens the first session gets the error.
  client.catch(() => {});
  return async (request, signal) => {
    const forgivesDatesFrom = environment.isTimeKnown() ? undefined : environment.floorMs;
    const opened = await openStream({ ...targetOf(config), forgivesDatesFrom }, signal);
    if (opened.kind === 'failed') return opened;
    const { socket } = opened;
    const abort = (): void => void socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      const session = await openMqttSession(await client, socket, request);
      return { kind: 'open', session };
    } catch (error) {
      socket.destroy();
      return { kind: 'failed', stage: 'mqtt', cause: signal.aborted ? signal.reason : error };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };
}

function targetOf({ url, ca, authentication }: UplinkConfig): StreamTarget {
  const { certificate, key } = authentication.type === 'x509' ? authentication : {};
  return { url, ca, certificate, key };
}
