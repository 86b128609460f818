import type { JsonObject, JsonValue } from '../json/index.ts';
import { ABI_LIMITS } from '../limits.ts';
import { escapeControls, securityEventJson } from '../security/index.ts';
import { type Moment, readClocks, timeOf } from '../time/index.ts';
import { isSectionInLimits } from '../twin/patch.ts';
import type { GatewayModule } from './gateway-module.ts';
import type { GatewaySecurity } from './gateway-security.ts';
import type { StateNotice } from './module-states.ts';

/** Most characters of what is said of a module. */
const DESCRIPTION_MAX = 256;
/** Events in the twin; the security log has more. */
const EVENTS_MAX = 8;
/** Codes and subjects in the twin, the most frequent first. */
const TOTALS_MAX = 32;
/** Left free for what is added to a section around its content. */
const MARGIN_BYTES = 512;

/** A module or a device in the twin. */
type Entry = readonly [kind: 'modules' | 'devices', name: string, entry: JsonObject];

interface ModuleHistory {
  startedAt?: Moment;
  exitedAt?: Moment;
  restartedAt?: Moment;
  restarts: number;
  starts: number;
  stops: number;
  /** Since when it runs, by `performance.now()`. */
  runningSince?: number;
  /** How long it has run before that, in milliseconds. */
  ranMs: number;
  code?: string;
  text?: string;
}

/**
 * The reported properties of `$edgeAgent`, as IoT Edge's agent has them: what became of each module, and beside that devices and what
 * concerns security. It always fits into one section of a twin; of many modules and devices those that are well are left out first.
 */
export class AgentTwin {
  readonly #histories = new Map<string, ModuleHistory>();
  readonly #read: () => Moment;

  /** @param read reads both clocks */
  constructor(read: () => Moment = readClocks) {
    this.#read = read;
  }

  /** Notes a change of a module's state. */
  noteState(module: string, { state, code, text }: StateNotice): void {
    const history = this.#historyOf(module);
    const now = this.#read();
    if (state === 'running') history.runningSince ??= performance.now();
    if (state === 'starting') {
      history.starts++;
      if (history.startedAt !== undefined) {
        history.restarts++;
        history.restartedAt = now;
      }
      history.startedAt = now;
    }
    if (state !== 'failed' && state !== 'poisoned' && state !== 'stopped') return;
    history.exitedAt = now;
    history.stops++;
    history.ranMs = ranMs(history);
    delete history.runningSince;
    delete history.code;
    delete history.text;
    if (code !== undefined) history.code = code;
    if (text !== undefined) history.text = text;
  }

  /** Starts, ends and the time a module has run, and why it ended last if that was a failure. */
  figures(module: string): { starts: number; stops: number; ranSeconds: number; code?: string } {
    const history = this.#historyOf(module);
    const { starts, stops, code } = history;
    return { starts, stops, ranSeconds: ranMs(history) / 1000, ...(code === undefined ? {} : { code }) };
  }

  /**
   * The section as it is now.
   *
   * @param devices by name, as `deviceEntries` gives them
   */
  reported(
    modules: Iterable<GatewayModule>,
    security: GatewaySecurity,
    devices: Readonly<Record<string, JsonObject>>,
  ): JsonObject {
    const entries = [
      ...[...modules].map((module): Entry => ['modules', module.spec.id, this.#moduleEntry(module)]),
      ...Object.entries(devices).map(([name, entry]): Entry => ['devices', name, entry]),
    ].sort((a, b) => isWell(a) - isWell(b));
    const head: JsonObject = {
      schemaVersion: '1.0',
      runtime: {
        type: 'wasm',
        platform: { os: process.platform, architecture: process.arch, version: process.version },
      },
      security: securityEntry(security),
    };
    const section = { ...head, ...keptOf(entries, ABI_LIMITS.twinSectionBytes - MARGIN_BYTES - bytesOf(head)) };
    // What bytes count for in a twin is not what they are as JSON; nothing but the counters is left if that ever differs.
    return isSectionInLimits(section) ? section : { ...head, ...keptOf(entries, 0) };
  }

  #historyOf(module: string): ModuleHistory {
    let history = this.#histories.get(module);
    if (history === undefined) {
      history = { restarts: 0, starts: 0, stops: 0, ranMs: 0 };
      this.#histories.set(module, history);
    }
    return history;
  }

  #moduleEntry(module: GatewayModule): JsonObject {
    const { id, version, status, restartPolicy } = module.spec;
    const history = this.#historyOf(id);
    const runtimeStatus = runtimeStatusOf(module);
    const now = this.#read();
    const counters = Object.entries(module.lastStatus?.counters ?? {}).filter(([, count]) => count > 0);
    return {
      ...{ version: version.slice(0, DESCRIPTION_MAX), type: 'wasm', status, restartPolicy, runtimeStatus },
      exitCode: runtimeStatus === 'failed' || runtimeStatus === 'backoff' ? 1 : 0,
      statusDescription: descriptionOf(module, history),
      ...timeEntry('lastStartTimeUtc', history.startedAt, now),
      ...timeEntry('lastExitTimeUtc', history.exitedAt, now),
      restartCount: history.restarts,
      ...timeEntry('lastRestartTimeUtc', history.restartedAt, now),
      ...(counters.length === 0 ? {} : { counters: Object.fromEntries(counters) }),
    };
  }
}

/** The first entries that there is room for, and how many there are besides. */
function keptOf(entries: readonly Entry[], roomBytes: number): JsonObject {
  const kept = { modules: {} as Record<string, JsonValue>, devices: {} as Record<string, JsonValue> };
  const omitted = { modules: 0, devices: 0 };
  let room = roomBytes;
  for (const [kind, name, entry] of entries) {
    room -= bytesOf({ [name]: entry });
    if (room < 0) omitted[kind]++;
    else kept[kind][name] = entry;
  }
  return { ...kept, modulesOmitted: omitted.modules, devicesOmitted: omitted.devices };
}

const isWell = ([kind, , entry]: Entry): number =>
  kind === 'modules' ? Number(entry['runtimeStatus'] === 'running') : Number(entry['lastError'] === undefined);

function ranMs(history: ModuleHistory): number {
  return history.ranMs + (history.runningSince === undefined ? 0 : performance.now() - history.runningSince);
}

/** The state in IoT Edge's words: `failed` waits for nothing any more, `backoff` for its next start. */
export function runtimeStatusOf({ state, retryAt }: GatewayModule): string {
  switch (state) {
    case 'starting':
    case 'running':
    case 'stopping':
      return 'running';
    case 'stopped':
      return 'stopped';
    case 'failed':
      return retryAt === undefined ? 'failed' : 'backoff';
    case 'poisoned':
      return 'failed';
    default:
      return state satisfies never;
  }
}

function descriptionOf({ state }: GatewayModule, { code, text }: ModuleHistory): string {
  if (state !== 'failed' && state !== 'poisoned') return state;
  return escapeControls(`${code ?? state}: ${text ?? 'no reason given'}`).slice(0, DESCRIPTION_MAX);
}

/** A time from before the clock was set is told as it is known to be now. */
function timeEntry(name: string, moment: Moment | undefined, now: Moment): JsonObject {
  return moment === undefined ? {} : { [name]: new Date(timeOf(moment, now)).toISOString() };
}

function securityEntry({ events, file }: GatewaySecurity): JsonObject {
  const totals = [...events.totals()].sort((a, b) => b.total - a.total);
  const last = events.recent.slice(-EVENTS_MAX).map((event) => JSON.parse(securityEventJson(event)) as JsonObject);
  const log = file?.status();
  return {
    totals: Object.fromEntries(
      totals
        .slice(0, TOTALS_MAX)
        .map(({ code, module, identity, total }) => [`${code}:${nameOf(module, identity)}`, total]),
    ),
    last,
    ...(log === undefined ? {} : { log: { written: log.written, lost: log.lost } }),
  };
}

/** Keys of a twin have no dots, dollars, number signs or white space. */
function nameOf(module: string | undefined, identity: string | undefined): string {
  return (module ?? identity ?? 'gateway').replace(/[.$#\s]/g, '_');
}

const bytesOf = (value: JsonObject): number => Buffer.byteLength(JSON.stringify(value));
