import type { ModuleState } from '../bridge/frames.ts';
import type { DriverName } from '../drivers/driver-names.ts';
import type { DeviceFacts } from '../drivers/grants.ts';
import { compileGuards } from '../drivers/guards.ts';
import type { RequestGuard } from '../drivers/request-guard.ts';
import type { JsonObject } from '../json/value.ts';
import { ABI_LIMITS, type ModuleLimits } from '../limits.ts';
import type { InputSpec, RestartPolicy, RestartScheduleName } from '../manifest/deployment.ts';
import type { Grants } from '../manifest/grants.ts';
import { ByteQueue } from './byte-queue.ts';
import type { CellImage } from './cell-image.ts';
import { FaultReports } from './fault-reports.ts';
import { FuelQuota } from './fuel-quota.ts';
import type { Instance } from './instance.ts';
import { Mail, type MailRoom } from './mail.ts';
import { createCounters, type ModuleCounters } from './module-counters.ts';
import type { OutputPort } from './output-port.ts';
import { RateLimit } from './rate-limit.ts';
import { ReportedTwin } from './reported-twin.ts';
import { type RestartSchedule, restartSchedule } from './restart-schedule.ts';
import type { SharedRoom } from './shared-room.ts';
import { StateStore } from './state-store.ts';
import { Timers } from './timers.ts';

/** Everything the cell must know of a module, as plain data and bytes: it may have crossed a thread or a process. */
export interface CellModuleSpec {
  readonly slot: number;
  readonly id: string;
  readonly deviceId: string;
  /** Id of the image that it runs; the cell has it already. */
  readonly image: number;
  readonly limits: ModuleLimits;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Names that the module's description allows; absent: any. */
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly grants: Grants;
  /** What the guards of its requests must know of the devices. */
  readonly facts: DeviceFacts;
  readonly restartPolicy: RestartPolicy;
  readonly restartSchedule: RestartScheduleName;
  /** All desired properties as JSON in UTF-8, without `$version`. */
  readonly desired: Uint8Array;
  readonly desiredVersion: number;
  /** What it has reported before, in a cell that is gone. */
  readonly reported?: JsonObject;
}

/** One input of a module. Its queue exists once a route leads there. */
export interface InputPort {
  readonly id: number;
  readonly name: string;
  queue: ByteQueue | undefined;
  /** When it pauses producers of several cells. */
  room: SharedRoom | undefined;
}

/** How long a module may have said nothing to say it all at once. */
const LOG_BURST_SECONDS = 10;
const MESSAGE_BURST_SECONDS = 1;

/** A module's place in the cell: what stays when its instances come and go. */
export class ModuleSlot {
  readonly spec: CellModuleSpec;
  readonly image: CellImage;
  readonly index: number;
  readonly id: string;
  readonly inputs: InputPort[] = [];
  readonly outputs: OutputPort[] = [];
  readonly timers: Timers;
  readonly state: StateStore | undefined;
  readonly reported: ReportedTwin;
  readonly logRate: RateLimit;
  readonly messageRate: RateLimit;
  readonly quota: FuelQuota;
  readonly schedule: RestartSchedule;
  readonly guards: ReadonlyMap<DriverName, RequestGuard>;
  /** Direct method calls that wait for a response. */
  readonly calls = new Set<number>();
  /** Bytes that must be free ahead before the module is scheduled: one message of the largest size. */
  readonly roomForOneEvent: number;
  readonly counters: ModuleCounters = createCounters();
  readonly faults = new FaultReports();
  /** Queues of others that pause this module when they are full. */
  waitTargets: { readonly freeBytes: number; readonly capacity: number }[] = [];
  /** Whether others than modules of this cell make room in some of them. */
  waitsForOthers = false;
  /** Whether some route takes what it emits upstream, or to another cell. */
  sendsUpstream = false;
  sendsToOtherCells = false;
  /** Modules that this one's `wait` queues may have paused. */
  waitProducers: ModuleSlot[] = [];
  instance: Instance | undefined;
  instances = 0;
  status: ModuleState = 'stopped';
  failures = 0;
  restarts = 0;
  startedAt = 0;
  retryAt = Number.POSITIVE_INFINITY;
  desired: Uint8Array;
  desiredVersion: number;
  nextRequest = 1;
  pendingRequests = 0;
  /** Fuel for what the host did during the event at hand and the meter does not know of: reading JSON. */
  hostWork = 0;
  isReady = false;
  /** Fuel by which it is behind (positive) or ahead of its share, and since when that counts; the scheduler's. */
  credit = 0;
  creditFrom = 0;
  /** Paused because its quota of fuel is used up, until `resumeAt`. */
  isInDebt = false;
  resumeAt = Number.POSITIVE_INFINITY;
  /** Paused because there is no room ahead. */
  isParked = false;
  /** Whether a change of desired properties found no room in the mail. */
  isDesiredDue = false;
  nextInput = 0;
  /** Whether its last event was a timer, so that messages have their turn too. */
  hasJustTimed = false;
  /** Most memory that one of its instances had. */
  memoryHighWaterBytes = 0;
  /** Fuel charged when the rate was last worked out, and the rate. */
  fuelSeen = 0;
  fuelLastSecond = 0;
  /** Device requests that are answered more than once. */
  readonly subscriptions = new Set<number>();
  /** Those of them of which every answer matters, and not only the newest. */
  readonly streams = new Set<number>();
  /** What `log.abort` said last, until the trap that must follow. */
  abortWords: string | undefined;
  readonly #mailRoom: MailRoom;
  #mail: Mail | undefined;

  constructor(spec: CellModuleSpec, image: CellImage) {
    this.spec = spec;
    this.image = image;
    this.index = spec.slot;
    this.id = spec.id;
    this.roomForOneEvent = spec.limits.messageBytes + 256;
    this.timers = new Timers(spec.limits.timers);
    const { kv } = spec.grants;
    this.state = kv === undefined ? undefined : new StateStore(kv.bytes);
    this.guards = compileGuards(spec.grants, spec.facts);
    const guards = [...this.guards.values()];
    this.#mailRoom = {
      requests: spec.limits.pendingRequests,
      answerBytes: Math.max(0, ...guards.map(({ answerBytes }) => answerBytes)),
      streamBytes: Math.max(0, ...guards.map(({ streamBytes = 0 }) => streamBytes)),
    };
    this.reported = new ReportedTwin(spec.reported ?? {});
    this.logRate = new RateLimit(spec.limits.logLinesPerSecond, LOG_BURST_SECONDS);
    this.messageRate = new RateLimit(spec.limits.messagesPerSecond, MESSAGE_BURST_SECONDS);
    this.quota = new FuelQuota(spec.limits.fuelPerSecond, spec.limits.fuelBurst);
    this.schedule = restartSchedule(spec.restartSchedule, spec.restartPolicy);
    this.desired = spec.desired;
    this.desiredVersion = spec.desiredVersion;
  }

  get hasMail(): boolean {
    return this.#mail?.isEmpty === false;
  }

  /** What waits while the module is paused. */
  get mail(): Mail {
    this.#mail ??= new Mail(this.#mailRoom);
    return this.#mail;
  }

  /** The request has had its last answer. */
  endRequest(request: number): void {
    this.pendingRequests--;
    this.subscriptions.delete(request);
    this.streams.delete(request);
  }

  /** Notes how much memory the instance has; it never shrinks while the instance lives. */
  noteMemory(): void {
    this.memoryHighWaterBytes = Math.max(this.memoryHighWaterBytes, this.instance?.memory.bytes.byteLength ?? 0);
  }

  /** Forgets what belongs to the instance that ended: nothing of it may reach a later one [ABI-7.4]. */
  discardInstanceState(): void {
    this.#mail = undefined;
    this.subscriptions.clear();
    this.streams.clear();
    this.calls.clear();
    this.pendingRequests = 0;
    this.timers.reset();
    this.isParked = false;
    this.isDesiredDue = false;
  }

  /** Whether the host has already done as much for the event at hand as one call may cost. */
  get isHostWorkUsedUp(): boolean {
    return this.hostWork > this.spec.limits.fuelPerCall;
  }

  /** Whether it gets no turn although it may have work. */
  get isPaused(): boolean {
    return this.isParked || this.isInDebt;
  }

  /** Whether some event waits: mail or a message. Timers are looked at separately. */
  get hasWork(): boolean {
    if (this.hasMail || this.isDesiredDue) return true;
    for (const input of this.inputs) if (input.queue !== undefined && input.queue.count > 0) return true;
    return false;
  }

  /** Bytes that must be free in the ring to the host before it is scheduled. */
  get roomOutside(): number {
    return (Number(this.sendsUpstream) + Number(this.sendsToOtherCells)) * this.roomForOneEvent;
  }

  /** Whether every input that pauses this module has room for what one event may emit. */
  get hasRoomAhead(): boolean {
    for (const queue of this.waitTargets)
      if (queue.freeBytes < Math.min(this.roomForOneEvent, queue.capacity >> 1)) return false;
    return true;
  }

  /** The input of that name, made if the module may have one more; undefined when it may not [ABI-4.2]. */
  inputNamed(name: string): InputPort | undefined {
    const known = this.inputs.find((input) => input.name === name);
    if (known !== undefined) return known;
    if (this.inputs.length >= ABI_LIMITS.inputs) return undefined;
    if (this.spec.inputNames !== undefined && !this.spec.inputNames.includes(name)) return undefined;
    const input: InputPort = { id: this.inputs.length, name, queue: undefined, room: undefined };
    this.inputs.push(input);
    return input;
  }

  /** The queue of an input, made when the first route leads there; twice as large as what producers are allowed by `room`. */
  queueOf(input: InputPort, fallback: InputSpec, room: SharedRoom | undefined): ByteQueue {
    // Own keys only: `constructor` is a name like any other.
    const configured = Object.hasOwn(this.spec.inputs, input.name) ? this.spec.inputs[input.name] : undefined;
    const { bytes, policy } = configured ?? fallback;
    // A record never wraps around the end, so that a queue may hold only half of its bytes: what was let go on its way must find room.
    input.queue ??= new ByteQueue(room === undefined ? bytes : 2 * bytes, policy);
    input.queue.consumer = room;
    input.room = room;
    return input.queue;
  }
}
