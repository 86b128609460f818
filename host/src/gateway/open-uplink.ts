import type { GatewayConfig } from '../configuration/index.ts';
import { identityName } from '../uplink/identity.ts';
import { Uplink } from '../uplink/index.ts';
import { LEVEL, type Log } from './log.ts';

/** Opens the way to the hub, if the gateway has one; its states and losses go to the log. */
export function openUplink({ uplink, deviceId }: GatewayConfig, log: Log): Uplink | undefined {
  if (uplink === undefined) return undefined;
  return Uplink.open(uplink, deviceId, {
    stateChanged(identity, state, error) {
      if (state === 'connecting') return;
      const name = identityName(identity);
      if (error === undefined)
        log({ level: LEVEL.info, text: `${name} is ${state} ${state === 'connected' ? 'to' : 'from'} ${uplink.url}` });
      else log({ level: LEVEL.warning, code: error.code, text: error.message, details: error.details });
    },
    messagesLost: (_, error) =>
      log({ level: LEVEL.warning, code: error.code, text: error.message, details: error.details }),
  });
}
