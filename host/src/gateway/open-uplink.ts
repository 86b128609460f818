import type { GatewayConfig } from '../configuration/index.ts';
import type { WallClock } from '../time/index.ts';
import { identityName } from '../uplink/identity.ts';
import { environmentWith, Uplink, type UplinkEvents } from '../uplink/index.ts';
import { LEVEL, type Log } from './log.ts';

/** Opens the way to the hub, if the gateway has one; its states and losses go to the log. */
export function openUplink({ uplink, deviceId }: GatewayConfig, clock: WallClock, log: Log): Uplink | undefined {
  if (uplink === undefined) return undefined;
  const events: UplinkEvents = {
    stateChanged(identity, state, error) {
      // That the time is not known is said once, of the clock.
      if (state === 'connecting' || error?.code === 'TIME_UNKNOWN') return;
      const name = identityName(identity);
      if (error === undefined)
        log({ level: LEVEL.info, text: `${name} is ${state} ${state === 'connected' ? 'to' : 'from'} ${uplink.url}` });
      else log({ level: LEVEL.warning, code: error.code, text: error.message, details: error.details });
    },
    messagesLost: (_, error) =>
      log({ level: LEVEL.warning, code: error.code, text: error.message, details: error.details }),
  };
  return Uplink.open(uplink, deviceId, events, { environment: environmentWith(clock) });
}
