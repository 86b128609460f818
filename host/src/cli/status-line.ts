import type { GatewayStatus } from '../gateway/status.ts';

/** Modules that are named; of more only the number is said. */
const NAMED_MAX = 6;

type Module = GatewayStatus['modules'][number];

/** The status of a gateway as one line for a person: how many modules run, which do not and why, and what goes to the hub. */
export function statusLine({ modules, uplink, timeUnknown, rssBytes }: GatewayStatus): string {
  const running = modules.filter(({ state }) => state === 'running').length;
  const events = modules.reduce((sum, { counters }) => sum + counters.events, 0);
  const remarks = modules.flatMap((module) => remark(module) ?? []);
  const more = remarks.length > NAMED_MAX ? [`${remarks.length - NAMED_MAX} more not well`] : [];
  const hub = uplink === undefined ? 'no uplink' : `uplink ${uplink['sent']} sent, ${uplink['queued']} waiting`;
  return [
    `${running} of ${modules.length} modules run, ${events} events`,
    ...remarks.slice(0, NAMED_MAX),
    ...more,
    ...(timeUnknown === undefined ? [] : [timeUnknown]),
    hub,
    `${Math.round(rssBytes / 1e6)} MB`,
  ].join('; ');
}

/** What is to be said of a module that does not simply run. */
function remark({ id, state, pausedBy, retryInMs }: Module): string | undefined {
  if (state === 'running')
    return pausedBy === undefined
      ? undefined
      : `${id} is paused: ${pausedBy === 'fuel' ? 'out of fuel' : 'no room ahead'}`;
  return retryInMs === undefined
    ? `${id} is ${state}`
    : `${id} is ${state}, next start in ${(retryInMs / 1000).toFixed(1)} s`;
}
