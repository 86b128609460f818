import { randomBytes } from 'node:crypto';
import type { Property } from '../abi/properties.ts';
import { TO_CELL } from '../bridge/frames.ts';
import type { Loaded } from '../check/index.ts';
import { systemClock } from '../drivers/clock.ts';
import { type Driver, type DriverName, sendMessages } from '../drivers/index.ts';
import { GatehouseError, type Problem } from '../errors.ts';
import { BEAT_MS, type Health, Pulse } from '../health/index.ts';
import type { JsonObject, JsonValue } from '../json/index.ts';
import { ABI_LIMITS } from '../limits.ts';
import type { ReportServer } from '../reports/report-server.ts';
import { HOST_MODULE } from '../routes/index.ts';
import { findPatchFault, isSectionInLimits } from '../twin/patch.ts';
import type { Uplink } from '../uplink/index.ts';
import { AgentTwin } from './agent-twin.ts';
import { CellFrames } from './cell-frames.ts';
import { toCellSpec } from './cell-spec.ts';
import { Cells, type WatchOptions } from './cells.ts';
import { deviceEntries } from './device-entries.ts';
import { Entrance } from './entrance.ts';
import { GatewayClock } from './gateway-clock.ts';
import { GatewayHealth } from './gateway-health.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { GatewayModule } from './gateway-module.ts';
import { GatewaySecurity } from './gateway-security.ts';
import { Images } from './images.ts';
import { KnownStatus } from './known-status.ts';
import { LEVEL, type Log } from './log.ts';
import { MessageSources } from './message-sources.ts';
import { MethodCalls, type MethodResponse } from './method-calls.ts';
import { ModuleStates, type StateNotice } from './module-states.ts';
import { openDrivers } from './open-drivers.ts';
import { openUplink } from './open-uplink.ts';
import type { Published } from './publisher.ts';
import { rememberVersions } from './remember-versions.ts';
import { serveReports } from './serve-reports.ts';
import { deviceStatus, type GatewayStatus, gatewayStatus } from './status.ts';
import { WriteAuditLog } from './write-audit-log.ts';

const METHOD_TIMEOUT_MS = 30_000;

export interface GatewayOptions {
  /** What `loadDeployment` found fit to run. */
  readonly loaded: Loaded;
  readonly log: Log;
  /** What `loadDeployment` found wrong; what it says of modules that were refused is reported. */
  readonly problems?: readonly Problem[];
  /** Told of every change of a module's state. */
  readonly onState?: (module: string, notice: StateNotice) => void;
  /** How closely the cells are watched; absent: as `docs/operations.md` says. */
  readonly watch?: WatchOptions;
  /** Told at each beat whether every thread has answered since the one before; for what must know that the host works. */
  readonly onBeat?: (beat: Beat) => void;
  /** Absent: 5 s. */
  readonly beatEveryMs?: number;
}

/** That the main thread turns, and what it knows. */
export interface Beat {
  /** Every thread with modules has answered since the beat before. */
  readonly isAnswered: boolean;
  readonly health: Health;
}

/**
 * The gateway: starts the modules of a deployment in their cell, connects them to devices and to the hub, and keeps
 * them going. What is wrong with one module, device or connection is reported and leaves the rest at work.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #log: Log;
  readonly #security: GatewaySecurity;
  readonly #agent = new AgentTwin();
  readonly #modules: GatewayModule[] = [];
  readonly #byId = new Map<string, GatewayModule>();
  readonly #images = new Images();
  readonly #calls = new MethodCalls();
  readonly #epoch = randomBytes(6).toString('hex');
  readonly #startedAt = performance.now();
  /** Set as soon as there are drivers and uplink for what it sends. */
  #cells!: Cells;
  #drivers: ReadonlyMap<DriverName, Driver> = new Map();
  /** Set before anything asks for the time. */
  #clock!: GatewayClock;
  #uplink: Uplink | undefined;
  #pulse!: Pulse;
  #health!: GatewayHealth;
  #reports: ReportServer | undefined;
  readonly #lastStatus = new KnownStatus(() => this.status());
  #closing: Promise<void> | undefined;
  readonly #audit: WriteAuditLog;
  readonly #entrance: Entrance;
  readonly #sources = new MessageSources();

  private constructor(options: GatewayOptions) {
    const { gateway } = options.loaded;
    this.#options = options;
    this.#entrance = new Entrance({
      ...{ loaded: options.loaded, sources: this.#sources, epoch: this.#epoch },
      crossings: () => this.#cells.crossings,
      uplink: () => this.#uplink,
    });
    this.#security = new GatewaySecurity(gateway, options.log);
    this.#log = this.#security.log;
    this.#audit = new WriteAuditLog(this.#log);
  }

  /** Starts everything the deployment and the configuration ask for. Modules that cannot start are reported. */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options);
    await gateway.#open();
    return gateway;
  }

  /** The reported properties of a module; of `$edgeAgent` those of the host itself. */
  reported(module: string): JsonObject {
    if (module === HOST_MODULE) {
      const devices = deviceEntries(this.#options.loaded, deviceStatus(this.#drivers));
      return this.#agent.reported(this.#modules, this.#security, devices);
    }
    return this.#known(module).reported;
  }

  /**
   * Changes desired properties of a module: members merge, `null` removes. The module hears of the patch if it runs.
   * @throws GatehouseError LIMIT_TWIN for a patch that breaks the rules of a twin
   */
  patchDesired(module: string, patch: JsonObject): void {
    const fault = findPatchFault(patch);
    if (fault !== undefined)
      throw new GatehouseError('LIMIT_TWIN', `desired property ${fault.path}: expected ${fault.expected}`, {
        details: { ...fault },
      });
    const known = this.#known(module);
    const isSent = known.patchDesired(patch, (section, version) => {
      if (!isSectionInLimits(section))
        throw new GatehouseError('LIMIT_TWIN', `the desired properties would have more than a twin can hold`, {
          details: { module, limit: ABI_LIMITS.twinSectionBytes },
        });
      const complete = Buffer.from(JSON.stringify(section));
      const payload = Buffer.concat([complete, Buffer.from(JSON.stringify(patch))]);
      // A cell that is being built again gets all of them then.
      return (
        this.#cells.threadOf(known)?.send(TO_CELL.desired, known.slot, 2, complete.byteLength, version, payload) ?? true
      );
    });
    if (!isSent) throw new GatehouseError('LIMIT_QUEUE', 'too much waits for the modules already');
  }

  /**
   * Calls a direct method of a module. Resolves with 404 when the module's description does not have it, 500 when the module
   * fails on it, 429 when too many wait for it, 503 when it does not run.
   */
  invokeMethod(
    module: string,
    method: string,
    payload: JsonValue | undefined,
    timeoutMs: number = METHOD_TIMEOUT_MS,
  ): Promise<MethodResponse> {
    const known = this.#known(module);
    if (!known.mayHave(method)) return Promise.resolve({ status: 404 });
    const thread = this.#cells.threadOf(known);
    if (thread === undefined) return Promise.resolve({ status: 503 });
    const encoder = new TextEncoder();
    const name = encoder.encode(method);
    const body = encoder.encode(payload === undefined ? '' : JSON.stringify(payload));
    if (body.byteLength > ABI_LIMITS.methodPayloadBytes)
      throw new GatehouseError(
        'LIMIT_MESSAGE',
        `a method payload has at most ${ABI_LIMITS.methodPayloadBytes} bytes, this one ${body.byteLength}`,
      );
    const frame = new Uint8Array(name.byteLength + body.byteLength);
    frame.set(name);
    frame.set(body, name.byteLength);
    return this.#calls.call(module, timeoutMs, {
      send: (id) => thread.send(TO_CELL.method, known.slot, id, name.byteLength, 0, frame),
      timedOut: (id) => thread.send(TO_CELL.methodOver, known.slot, id, 0, 0, new Uint8Array()),
    });
  }

  /**
   * Sends a message of the host itself into the routes, from `/messages/modules/$edgeAgent/outputs/OUTPUT`. The body is JSON in
   * UTF-8. It waits for nothing: where there is no room it is dropped, and counted for the route.
   */
  publish(output: string, body: Uint8Array, properties: readonly Property[] = []): Published {
    return this.#entrance.publish(output, body, properties);
  }

  /** States and counters of modules, routes, devices and uplink. */
  async status(): Promise<GatewayStatus> {
    return gatewayStatus({
      cell: await this.#cells.status(),
      outside: this.#entrance.counters,
      drivers: this.#drivers,
      uplink: this.#uplink,
      timeUnknown: this.#clock.trouble,
      uptimeMs: performance.now() - this.#startedAt,
    });
  }

  /** How the gateway is, as `/health` serves it. */
  async health(): Promise<Health> {
    await this.#lastStatus.refresh();
    return this.#health.now();
  }

  /** Stops in order: modules handle their stop event, devices get what is under way, the uplink sends what it has. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(): Promise<void> {
    const { loaded } = this.#options;
    const { gateway, modules, deployment } = loaded;
    await rememberVersions(loaded, this.#log);
    this.#clock = await GatewayClock.open(gateway.stateFolder, this.#log);
    this.#uplink = openUplink(gateway, this.#clock.wall, this.#log);
    for (const [slot, module] of modules.entries()) {
      const known = new GatewayModule(module, toCellSpec(module, slot, this.#images.idOf(module.image), gateway));
      this.#modules.push(known);
      this.#byId.set(module.spec.id, known);
      // Connecting takes longer than starting a module, so that the first message finds an open connection.
      if (this.#sendsUpstream(module.spec.id))
        this.#uplink?.connect({ deviceId: gateway.deviceId, moduleId: module.spec.id });
    }
    this.#drivers = await openDrivers(loaded, this.#log, {
      audit: (write) => this.#audit.add(write),
      message: (message) => this.#entrance.offer(message),
    });
    const { calls, log } = { calls: this.#calls, log: this.#log };
    this.#cells = this.#createCells(
      new ModuleStates({ drivers: this.#drivers, calls, log, onState: (id, notice) => this.#noteState(id, notice) }),
    );
    this.#cells.open();
    this.#entrance.open();
    this.#security.publishBy((output, body) => this.publish(output, body));
    this.#security.refused(this.#options.problems ?? []);
    this.#openHealth();
    if (gateway.metrics !== undefined)
      this.#reports = await serveReports(gateway.metrics, {
        ...{ metrics: this.#gatherMetrics(), health: this.#health, log: this.#log },
      });
    if (this.#uplink === undefined && loaded.routes.some(({ route }) => route.sink.kind === 'upstream'))
      this.#log({ level: LEVEL.warning, text: 'the gateway has no uplink: what routes send to $upstream is dropped' });
    const absent = deployment.declared.filter((id) => !this.#byId.has(id));
    const without = absent.length === 0 ? '' : `, without ${absent.join(', ')}`;
    const count = `${modules.length} module${modules.length === 1 ? '' : 's'}`;
    this.#log({ level: LEVEL.info, text: `gateway ${gateway.deviceId} has ${count}${without}` });
  }

  /** Whether some route may take messages of a module to the hub. */
  #sendsUpstream(module: string): boolean {
    return this.#options.loaded.routes.some(
      ({ route }) => route.sink.kind === 'upstream' && route.takesFromModule(module),
    );
  }

  #createCells(states: ModuleStates): Cells {
    const { loaded, watch } = this.#options;
    const cells: Cells = new Cells({
      ...{ modules: this.#modules, routes: loaded.routes, images: this.#images, states, sources: this.#sources },
      ...{ deviceId: loaded.gateway.deviceId, log: this.#log, watch },
      hasLeaves: sendMessages(loaded.gateway.devices),
      openFrames: (cell, thread) => {
        const frames = new CellFrames({
          ...{ loaded, modules: this.#modules, calls: this.#calls, log: this.#log, epoch: this.#epoch, states },
          ...{ drivers: this.#drivers, uplink: this.#uplink },
          answer: (slot, instance, request, status, payload) => thread.answer(slot, instance, request, status, payload),
          cross: (module, output, frame) => cells.cross(cell, module, output, frame),
        });
        return (frame) => frames.take(frame);
      },
    });
    return cells;
  }

  async #close(): Promise<void> {
    this.#security.stopPublishing();
    this.#entrance.close();
    this.#pulse.close();
    await this.#cells.stopModules('shutdown');
    this.#calls.abort();
    const closing = [...[...this.#drivers.values()].map((driver) => driver.close()), this.#uplink?.close()];
    for (const result of await Promise.allSettled(closing))
      if (result.status === 'rejected') this.#logError(result.reason);
    this.#audit.close();
    await this.#reports?.close();
    await this.#cells.close();
    await this.#clock.close();
    await this.#security.close();
  }

  #gatherMetrics(): GatewayMetrics {
    return new GatewayMetrics({
      ...{ gateway: this.#options.loaded.gateway, epoch: this.#epoch, modules: this.#modules },
      ...{ agent: this.#agent, security: this.#security, known: this.#lastStatus },
    });
  }

  #openHealth(): void {
    const { loaded, problems = [], onBeat, beatEveryMs = BEAT_MS } = this.#options;
    this.#pulse = new Pulse({
      ...{ cells: this.#cells.all, clock: systemClock, everyMs: beatEveryMs },
      onBeat: (isAnswered) => onBeat?.({ isAnswered, health: this.#health.now() }),
    });
    this.#health = new GatewayHealth({
      ...{ loaded, problems, modules: this.#modules, agent: this.#agent, known: this.#lastStatus, pulse: this.#pulse },
      outside: () => ({
        devices: deviceStatus(this.#drivers),
        ...(this.#uplink === undefined ? {} : { uplink: { ...this.#uplink.status() } }),
      }),
      isStopping: () => this.#closing !== undefined,
      startedAt: this.#startedAt,
    });
    this.#pulse.open();
  }

  #noteState(module: string, notice: StateNotice): void {
    this.#agent.noteState(module, notice);
    this.#options.onState?.(module, notice);
  }

  #known(module: string): GatewayModule {
    const known = this.#byId.get(module);
    if (known === undefined)
      throw new GatehouseError('METHOD_NOT_FOUND', `there is no module ${module}`, { details: { module } });
    return known;
  }

  #logError(error: unknown, module?: string): void {
    const code = error instanceof GatehouseError ? error.code : 'INTERNAL';
    const text = error instanceof Error ? error.message : String(error);
    this.#log({ level: LEVEL.error, code, text, ...(module === undefined ? {} : { module }) });
  }
}
