import type { Loaded } from '../check/index.ts';
import type { JsonObject } from '../json/index.ts';
import { escapeControls } from '../security/index.ts';

/** Most characters of what is said of a device. */
const TEXT_MAX = 256;

/** What drivers say of a device that works or does not; everything else they say is theirs. */
interface DeviceStatus {
  readonly state?: unknown;
  readonly lastError?: { readonly code: string; readonly text: string; readonly time: number };
}

/**
 * The devices of both files for the reported twin, by name: of which type and from which file each is, its state, and what went
 * wrong with it last.
 *
 * @param status of the drivers; devices have names that a twin can hold, other things of a driver are left out
 */
export function deviceEntries(
  { gateway, deviceSources }: Pick<Loaded, 'gateway' | 'deviceSources'>,
  status: Readonly<Record<string, unknown>>,
): Record<string, JsonObject> {
  return Object.fromEntries(
    Object.entries(gateway.devices).map(([name, { type }]) => {
      const { state, lastError } = (Object.hasOwn(status, name) ? status[name] : {}) as DeviceStatus;
      const entry: JsonObject = {
        ...{ type, source: deviceSources[name] ?? 'gateway.json' },
        ...(typeof state === 'string' ? { state } : {}),
        ...(lastError === undefined ? {} : { lastError: errorEntry(lastError) }),
      };
      return [name, entry];
    }),
  );
}

const errorEntry = ({ code, text, time }: NonNullable<DeviceStatus['lastError']>): JsonObject => ({
  ...{ code, text: escapeControls(text).slice(0, TEXT_MAX), timeUtc: new Date(time).toISOString() },
});
