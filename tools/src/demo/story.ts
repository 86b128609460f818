import { alarmActions, alarmWords } from './alarm-words.ts';
import { faultWords } from './fault-words.ts';
import { jsonOf, listIn, numberIn, objectOf, textIn } from './json-fields.ts';
import type { JsonLine } from './json-line-process.ts';
import { Rate } from './rate.ts';
import { type SensorNews, SensorStory } from './sensor-story.ts';
import { Series } from './series.ts';
import type { StoryEvent, Tone } from './story-event.ts';
import type { UpstreamArrival } from './upstream-message.ts';
import { SENSORS } from './workspace.ts';

export interface ModuleView {
  readonly id: string;
  state: string;
  restarts: number;
  readonly events: Rate;
  /** Size of the module's file. */
  bytes?: number;
}

export interface RouteView {
  readonly name: string;
  readonly matched: Rate;
  dropped: number;
}

/** Measurements of the telemetry that are charted. */
export const CHARTED = ['dischargePressure', 'barrelPressure', 'intakePressure', 'motorCurrent'] as const;
export type Charted = (typeof CHARTED)[number];

export const BUCKET_MS = 200; // two readings at ten polls a second
const BUCKETS = 400;
const EVENTS_MAX = 200;
const READINGS_MAX = 1_000;
/** Levels of log lines, as in syslog: smaller is worse. */
const WARNING = 4;
const INFO = 6;

/** What the simulator saw of the fault and of the reaction; times of its own clock, in milliseconds since its start. */
export interface PumpStory {
  port?: number;
  fault?: { name: string; atMs: number; seenAtMs: number };
  limit?: { name: string; register: string; value: number; limit: number; unit: string; atMs: number };
  /** The stop coil was written. */
  stop?: { sinceLimitMs: number | null; atMs: number; seenAtMs: number };
  /** The plunger stands still. */
  standstill?: { afterMs: number };
}

/** Everything that is known about a run, from what pump, host and broker said. Holds no clock: times come with the calls. */
export class Story {
  readonly pump: PumpStory = {};
  readonly series: Readonly<Record<Charted, Series>>;
  /** The newest value of every number in the telemetry, by name. */
  readonly readings = new Map<string, number>();
  readonly modules = new Map<string, ModuleView>();
  readonly routes = new Map<string, RouteView>();
  /** Messages that arrived upstream, by output. */
  readonly arrived = { telemetry: 0, statistics: 0, alarms: 0, other: 0 };
  readonly uplink = { connected: false, queued: 0, dropped: 0 };
  /** When the first telemetry arrived. */
  firstTelemetryMs: number | undefined;
  lastTelemetryMs: number | undefined;
  /** An alarm said that the stop was read back from the pump. */
  isStopConfirmed = false;
  hostRssBytes: number | undefined;
  /** Undefined without the Bluetooth sensor. */
  sensor: SensorStory | undefined;
  /** Why there is no sensor, or no more. */
  sensorMissing: string | undefined;
  /** Modules that were denied something they asked for. */
  readonly denied = new Set<string>();
  #events: StoryEvent[] = [];
  #lastAlarm = '';

  constructor() {
    this.series = Object.fromEntries(CHARTED.map((name) => [name, new Series(BUCKET_MS, BUCKETS)])) as Record<
      Charted,
      Series
    >;
  }

  /** The newest events, oldest first. */
  get events(): readonly StoryEvent[] {
    return this.#events;
  }

  note(atMs: number, tone: Tone, source: string, text: string): void {
    this.#events.push({ atMs, tone, source, text });
    if (this.#events.length > EVENTS_MAX) this.#events = this.#events.slice(-EVENTS_MAX / 2);
  }

  /** Takes in a line of the simulator. */
  takePump(nowMs: number, line: JsonLine): void {
    switch (line.kind) {
      case 'started':
        this.pump.port = numberIn(line, 'port');
        this.note(nowMs, 'plain', 'pump', `runs, and answers Modbus on port ${this.pump.port}`);
        return;
      case 'fault': {
        const name = textIn(line, 'fault');
        if (line['active'] !== true) {
          this.note(nowMs, 'good', 'pump', `${faultWords(name)}: over`);
          return;
        }
        this.pump.fault = { name, atMs: numberIn(line, 'atMs'), seenAtMs: nowMs };
        this.note(nowMs, 'notice', 'pump', `${faultWords(name)} begins (nobody else knows yet)`);
        return;
      }
      case 'limit-crossed': {
        const limit = {
          name: textIn(line, 'name'),
          register: textIn(line, 'register'),
          value: numberIn(line, 'value'),
          limit: numberIn(line, 'limit'),
          unit: textIn(line, 'unit'),
          atMs: numberIn(line, 'atMs'),
        };
        this.pump.limit ??= limit;
        this.note(
          nowMs,
          'bad',
          'pump',
          `${limit.name} ${limit.value} ${limit.unit}, limit ${limit.limit} (${limit.register})`,
        );
        return;
      }
      case 'coil-written':
        this.#coilWritten(nowMs, line);
        return;
      case 'stopped':
        this.pump.standstill = { afterMs: numberIn(line, 'afterMs') };
        this.note(nowMs, 'good', 'pump', `stands still, ${Math.round(this.pump.standstill.afterMs)} ms after the coil`);
        return;
    }
  }

  /** Takes in a line of the host. */
  takeHost(nowMs: number, line: JsonLine): void {
    if (line.kind === 'status') this.#takeStatus(nowMs, line);
    else if (line.kind === 'state') this.#takeState(nowMs, line);
    else if (line.kind === 'log') this.#takeLog(nowMs, line);
  }

  /** Takes in a message that arrived upstream. */
  takeArrival(nowMs: number, arrival: UpstreamArrival): void {
    const body = jsonOf(arrival.payload);
    if (this.sensor !== undefined && arrival.module === SENSORS) {
      this.#noteNews(nowMs, this.sensor.takeValues(body));
      return;
    }
    switch (arrival.output) {
      case 'telemetry':
        this.arrived.telemetry++;
        if (this.firstTelemetryMs === undefined) {
          this.firstTelemetryMs = nowMs;
          this.note(nowMs, 'good', 'cloud', 'the first telemetry arrived over MQTT');
        }
        this.lastTelemetryMs = nowMs;
        this.#takeReadings(nowMs, body);
        return;
      case 'statistics':
        this.arrived.statistics++;
        return;
      case 'alarms':
        this.arrived.alarms++;
        this.#takeAlarm(nowMs, body);
        return;
      default:
        this.arrived.other++;
    }
  }

  /** Notes which modules there are, in their order, and the sizes of their files. */
  expectModules(sizes: ReadonlyMap<string, number | undefined>): void {
    for (const [id, bytes] of sizes) {
      const view = this.#module(id);
      if (bytes !== undefined) view.bytes = bytes;
    }
  }

  /** There is a Bluetooth sensor, by this name of the gateway's configuration. */
  expectSensor(device: string): void {
    this.sensor = new SensorStory(device);
  }

  /** There is no Bluetooth sensor, or no more, and the demonstration goes on. */
  missSensor(nowMs: number, reason: string): void {
    this.sensorMissing = reason;
    this.note(nowMs, 'notice', 'sensor', `no Bluetooth sensor: ${reason}`);
  }

  #noteNews(nowMs: number, news: SensorNews | undefined): void {
    if (news !== undefined) this.note(nowMs, news.tone, news.source, news.text);
  }

  #coilWritten(nowMs: number, line: JsonLine): void {
    const [address, value] = [numberIn(line, 'address'), numberIn(line, 'value')];
    if (address !== 1 || value !== 1) {
      this.note(nowMs, 'plain', 'pump', `coil ${address} was written: ${value}`);
      return;
    }
    const since = line['sinceLimitMs'];
    const sinceLimitMs = typeof since === 'number' ? since : null;
    this.pump.stop ??= { sinceLimitMs, atMs: numberIn(line, 'atMs'), seenAtMs: nowMs };
    const words = sinceLimitMs === null ? '' : `, ${Math.round(sinceLimitMs)} ms after the limit was crossed`;
    this.note(nowMs, 'good', 'pump', `stop coil written${words}`);
  }

  #takeReadings(nowMs: number, body: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(body)) {
      const number = typeof value === 'boolean' ? Number(value) : value;
      if (typeof number === 'number' && this.readings.size < READINGS_MAX) this.readings.set(name, number);
    }
    for (const name of CHARTED) {
      const value = body[name];
      if (typeof value === 'number') this.series[name].add(nowMs, value);
    }
  }

  #takeAlarm(nowMs: number, body: Record<string, unknown>): void {
    const words = alarmWords(body);
    if (alarmActions(body).includes('confirmed')) this.isStopConfirmed = true;
    if (words === this.#lastAlarm) return;
    this.#lastAlarm = words;
    const tone = body['state'] === 'cleared' ? 'good' : 'bad';
    this.note(nowMs, tone, 'cloud', words);
  }

  #takeStatus(nowMs: number, line: JsonLine): void {
    if (typeof line['rssBytes'] === 'number') this.hostRssBytes = line['rssBytes'];
    for (const module of listIn(line, 'modules')) {
      const view = this.#module(textIn(module, 'id'));
      const counters = objectOf(module['counters']);
      view.state = textIn(module, 'state') || view.state;
      view.restarts = numberIn(module, 'restarts');
      view.events.update(nowMs, numberIn(counters, 'events'));
      if (numberIn(counters, 'denied') > 0) this.#noteDenied(nowMs, view);
    }
    for (const route of listIn(line, 'routes')) {
      const name = textIn(route, 'name');
      const view = this.routes.get(name) ?? { name, matched: new Rate(), dropped: 0 };
      this.routes.set(name, view);
      view.matched.update(nowMs, numberIn(route, 'matched'));
      view.dropped = numberIn(route, 'dropped');
    }
    this.#noteNews(nowMs, this.sensor?.takeDevices(objectOf(line['devices'])));
    const uplink = objectOf(line['uplink']);
    this.uplink.queued = numberIn(uplink, 'queued');
    this.uplink.dropped = numberIn(uplink, 'dropped');
    this.#uplinkConnected(nowMs, uplink['connected'] === true);
  }

  /** Said once a module: one that is denied may ask again and again. */
  #noteDenied(nowMs: number, view: ModuleView): void {
    if (this.denied.has(view.id)) return;
    this.denied.add(view.id);
    this.note(nowMs, 'notice', 'host', `denied what ${view.id} asked for: it is not granted`);
  }

  #uplinkConnected(nowMs: number, connected: boolean): void {
    if (connected === this.uplink.connected) return;
    this.uplink.connected = connected;
    if (connected) this.note(nowMs, 'plain', 'host', 'the uplink is connected');
    else this.note(nowMs, 'notice', 'host', 'the uplink is lost');
  }

  #takeState(nowMs: number, line: JsonLine): void {
    const view = this.#module(textIn(line, 'module'));
    const state = textIn(line, 'state');
    if (state === '' || state === view.state) return;
    view.state = state;
    if (state === 'starting' || state === 'stopping') return;
    const reason = textIn(line, 'reason');
    const tone = state === 'running' ? 'good' : state === 'stopped' ? 'dim' : 'bad';
    this.note(nowMs, tone, view.id, reason === '' ? state : `${state}: ${reason}`);
  }

  #takeLog(nowMs: number, line: JsonLine): void {
    const level = numberIn(line, 'level');
    const code = textIn(line, 'code');
    const text = textIn(line, 'text');
    const module = textIn(line, 'module');
    // What the host itself does in order is said by its state and status lines.
    if (level > WARNING && (level > INFO || module === '' || text.startsWith('module is'))) return;
    const tone = level < WARNING ? 'bad' : level === WARNING ? 'notice' : 'plain';
    this.note(nowMs, tone, module || 'host', code === '' ? text : `${code} ${text}`);
  }

  #module(id: string): ModuleView {
    const view = this.modules.get(id) ?? { id, state: 'unknown', restarts: 0, events: new Rate() };
    this.modules.set(id, view);
    return view;
  }
}
