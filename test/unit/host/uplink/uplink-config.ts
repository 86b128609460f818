import type { UplinkConfig } from '../../../../host/src/configuration/gateway.ts';

/** A configuration of which a test says what matters to it. */
export function uplinkConfig(config: Partial<UplinkConfig> = {}): UplinkConfig {
  return {
    url: 'mqtt://hub:1883',
    hostName: 'hub',
    authentication: { type: 'none' },
    queueBytes: 65_536,
    keepAliveSeconds: 60,
    connections: 'auto',
    ...config,
  };
}
