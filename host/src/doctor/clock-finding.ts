import { existsSync } from 'node:fs';
import { BUILT_AT, CEILING } from '../time/index.ts';
import type { Finding } from './finding.ts';

/** Whether the time of day can be right: certificates and tokens are not accepted by a wrong clock. */
export function clockFinding(now: number = Date.now(), hasClock: boolean = hasHardwareClock()): Finding {
  const time = `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const facts = { time: new Date(now).toISOString(), hardwareClock: hasClock };
  const isPossible = now >= BUILT_AT && now < CEILING;
  if (!isPossible)
    return {
      name: 'clock',
      state: 'error',
      text: `${time} cannot be right; set the clock, or start after time is set`,
      facts,
    };
  if (hasClock) return { name: 'clock', state: 'ok', text: time, facts };
  const text = `${time}; no hardware clock: after a power cut it is wrong until the network sets it`;
  return { name: 'clock', state: 'warning', text, facts };
}

/** Elsewhere than on Linux every machine that Node runs on has one. */
function hasHardwareClock(): boolean {
  return (
    process.platform !== 'linux' ||
    existsSync('/dev/rtc0') ||
    existsSync('/dev/rtc') ||
    existsSync('/sys/class/rtc/rtc0')
  );
}
