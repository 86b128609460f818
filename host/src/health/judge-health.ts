import { sizeText } from '../doctor/finding.ts';
import { REPORT_LIMITS } from '../limits.ts';
import type { HealthFacts, ModuleFacts } from './health-facts.ts';
import type { Health } from './health-shape.ts';

/** Names in a sentence; of more only the number is said. */
const NAMED_MAX = 6;
/** States that no module is in because its host starts or stops. */
const DOWN = new Set(['failed', 'poisoned', 'refused']);
/** How long something that went wrong with a device is remembered against it. */
const RECENT_MS = 60_000;

/**
 * What follows from the facts. What only a new start of the process can mend makes a gateway not live; what the world outside
 * or one module does makes it `warn` at most, because the rest goes on.
 */
export function judgeHealth(facts: HealthFacts): Health {
  const silent = facts.cells.filter(({ silentMs, silenceMaxMs }) => silentMs > silenceMaxMs);
  const live = silent.length === 0;
  const ready = live && facts.phase === 'running';
  const modules = facts.modules.map((module) => moduleHealth(module, facts.phase));
  const devices = Object.entries(facts.devices)
    .slice(0, REPORT_LIMITS.healthEntries)
    .map(([name, status]) => deviceHealth(name, status, facts.time));
  const uplink = facts.uplink && uplinkHealth(facts.uplink);
  const disk = facts.disk && { status: diskStatus(facts.disk), ...facts.disk };
  const failures = [
    ...silent.map(({ name, silentMs }) => `${name} has not answered for ${Math.floor(silentMs / 1000)} s`),
    ...(facts.phase === 'running' ? [] : [`the host is ${facts.phase}`]),
  ];
  const warnings = [
    ...unwell(modules, 'module', 'does not run', 'do not run'),
    ...(uplink?.status === 'warn' ? [`the uplink is not connected${codeText(uplink.code)}`] : []),
    ...unwell(devices, 'device', 'is not well', 'are not well'),
    ...(disk?.status === 'warn' ? [`the disk of the state folder has ${sizeText(disk.freeBytes)} left`] : []),
  ];
  return {
    status: ready ? (warnings.length === 0 ? 'pass' : 'warn') : 'fail',
    ...{ live, ready },
    reasons: [...failures, ...warnings].slice(0, REPORT_LIMITS.healthReasons),
    deviceId: facts.deviceId,
    version: facts.version,
    host: {
      phase: facts.phase,
      uptimeSeconds: seconds(facts.uptimeMs),
      memoryBytes: facts.memoryBytes,
      threads: facts.cells.map(({ name, silentMs }) => ({ name, silentSeconds: seconds(silentMs) })),
    },
    modules,
    ...(uplink === undefined ? {} : { uplink }),
    devices,
    ...(disk === undefined ? {} : { disk }),
    ...(facts.journal === undefined ? {} : { journal: facts.journal }),
  };
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const codeText = (code: string | undefined): string => (code === undefined ? '' : ` (${code})`);

function moduleHealth(
  { isToRun, retryInMs, code, pausedBy, ...module }: ModuleFacts,
  phase: HealthFacts['phase'],
): Health['modules'][number] {
  // While the host starts and stops, its modules do the same.
  const isDown = isToRun && (phase === 'running' ? module.state !== 'running' : DOWN.has(module.state));
  return {
    ...module,
    status: isDown ? 'warn' : 'pass',
    ...(pausedBy === undefined ? {} : { pausedBy }),
    ...(isDown && code !== undefined ? { code } : {}),
    ...(retryInMs === undefined ? {} : { retryInSeconds: Math.ceil(retryInMs / 1000) }),
  };
}

/** What every driver says of a device besides what is its own. */
interface DeviceStatus {
  readonly state?: unknown;
  readonly lastError?: { readonly code: string; readonly time: number };
}

function deviceHealth(name: string, status: unknown, time: number): Health['devices'][number] {
  const { state, lastError } = status as DeviceStatus;
  // Every driver is waiting when it can do nothing but try again.
  const isDown = state === 'waiting' || (lastError !== undefined && time - lastError.time < RECENT_MS);
  return {
    name,
    status: isDown ? 'warn' : 'pass',
    ...(typeof state === 'string' ? { state } : {}),
    ...(lastError === undefined ? {} : { code: lastError.code }),
  };
}

function uplinkHealth(uplink: Readonly<Record<string, unknown>>): NonNullable<Health['uplink']> {
  const figure = (name: string): number => (typeof uplink[name] === 'number' ? uplink[name] : 0);
  const connected = uplink['connected'] === true;
  const connections = (uplink['connections'] ?? []) as readonly { readonly code?: string }[];
  const code = connections.find((connection) => connection.code !== undefined)?.code;
  return {
    // No connection is in use when no route leads to the hub.
    status: connected || connections.length === 0 ? 'pass' : 'warn',
    connected,
    ...(connected || code === undefined ? {} : { code }),
    ...{
      sent: figure('sent'),
      queued: figure('queued'),
      queuedBytes: figure('queuedBytes'),
      dropped: figure('dropped'),
    },
  };
}

const diskStatus = ({ freeBytes }: { readonly freeBytes: number }): 'pass' | 'warn' =>
  freeBytes < REPORT_LIMITS.diskLowBytes ? 'warn' : 'pass';

/** One sentence on those that are not well, if there are any. */
function unwell(
  entries: readonly { readonly name: string; readonly status: string }[],
  what: string,
  one: string,
  many: string,
): string[] {
  const names = entries.filter(({ status }) => status !== 'pass').map(({ name }) => name);
  if (names.length === 0) return [];
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  const of = entries.length === 1 ? `the only ${what}` : `${names.length} of ${entries.length} ${what}s`;
  return [`${of} ${names.length === 1 ? one : many}: ${names.slice(0, NAMED_MAX).join(', ')}${more}`];
}
