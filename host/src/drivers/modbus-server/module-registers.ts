import type { Clock } from '../clock.ts';
import type { WriteOutcome } from '../driver.ts';
import { contains, type Spans, spansByTable } from '../modbus/guard.ts';
import type { Table } from '../modbus/register-range.ts';
import type { ClientWrite } from './client-write.ts';
import { EXCEPTION, type ExceptionCode } from './exception.ts';
import type { ModbusServerGrant } from './grant.ts';
import { rangesOf } from './grant-ranges.ts';
import { OfferedRegisters } from './offered-registers.ts';
import type { Registers } from './register-server.ts';
import { WriteQueue } from './write-queue.ts';

const HOLDING = 3;

export interface ModuleRegistersOptions {
  /** Grants on this server, by module. */
  readonly grants: Readonly<Record<string, readonly ModbusServerGrant[]>>;
  readonly clock: Clock;
  readonly staleAfterMs: number;
  readonly writeExpiryMs: number;
  /** Told once of each write that was taken from a client what became of it. */
  readonly ended: (module: string, write: ClientWrite, outcome: WriteOutcome) => void;
}

/** What one module has at a server. */
interface Owner {
  readonly module: string;
  /** By table, 1 to 4. */
  readonly accept: readonly Spans[];
  readonly queue: WriteQueue;
  isUp: boolean;
}

/** The registers of one server, which belong to modules: what they offer is read, what they accept is handed to them. */
export class ModuleRegisters implements Registers {
  readonly #options: ModuleRegistersOptions;
  readonly #offered: OfferedRegisters;
  readonly #owners = new Map<string, Owner>();

  constructor(options: ModuleRegistersOptions) {
    const { grants, clock, staleAfterMs, writeExpiryMs, ended } = options;
    this.#options = options;
    this.#offered = new OfferedRegisters(staleAfterMs);
    for (const [module, own] of Object.entries(grants)) {
      this.#offered.add(
        module,
        own.flatMap((grant) => rangesOf(grant, 'offer')),
      );
      const queue = new WriteQueue({
        ...{ clock, expiryMs: writeExpiryMs },
        ended: (write, outcome) => {
          if (outcome === 'confirmed') this.#offered.taken(write);
          ended(module, write, outcome);
        },
      });
      const accept = spansByTable(own.flatMap((grant) => rangesOf(grant, 'accept')));
      this.#owners.set(module, { module, accept, queue, isUp: false });
    }
  }

  /** Writes that wait for their modules. */
  get waiting(): number {
    return [...this.#owners.values()].reduce((sum, { queue }) => sum + queue.length, 0);
  }

  /** Sets values of a module; false if it does not offer all of them. */
  set(module: string, table: Table, address: number, values: Uint16Array): boolean {
    this.started(module);
    return this.#offered.set(module, table, address, values, this.#options.clock.now());
  }

  /** The queue that a module takes writes from; undefined if it has nothing here. */
  queueOf(module: string): WriteQueue | undefined {
    this.started(module);
    return this.#owners.get(module)?.queue;
  }

  /** An instance of the module runs. */
  started(module: string): void {
    const owner = this.#owners.get(module);
    if (owner !== undefined) owner.isUp = true;
  }

  /** It does not any more: nobody is told what it has set, and nothing that waits for it reaches the next one. */
  ended(module: string): void {
    const owner = this.#owners.get(module);
    if (owner === undefined) return;
    owner.isUp = false;
    this.#offered.forget(module);
    owner.queue.clear();
  }

  close(): void {
    for (const { queue } of this.#owners.values()) queue.close();
  }

  read(table: Table, address: number, count: number): Uint16Array | ExceptionCode {
    return this.#offered.read(table, address, count, this.#options.clock.now());
  }

  mayWrite(table: Table, address: number, count: number, client: string): ExceptionCode | 0 {
    const owner = this.#accepting(table, address, count);
    if (owner === undefined) return EXCEPTION.illegalAddress;
    if (!owner.isUp) return EXCEPTION.noTarget;
    return owner.queue.hasRoomFor(client) ? 0 : EXCEPTION.busy;
  }

  write(table: Table, code: number, address: number, values: Uint16Array, client: string): ExceptionCode | 0 {
    const refused = this.mayWrite(table, address, values.length, client);
    if (refused !== 0) return refused;
    const at = this.#options.clock.now();
    this.#accepting(table, address, values.length)!.queue.add({ table, function: code, address, values, client, at });
    return 0;
  }

  expected(address: number): number | { readonly exception: ExceptionCode } {
    const expected = this.#offered.expected(HOLDING, address, this.#options.clock.now());
    const waiting = this.#accepting(HOLDING, address, 1)?.queue.newestValue(HOLDING, address);
    return typeof expected === 'number' ? (waiting ?? expected) : expected;
  }

  /** The module that accepts all of the addresses. */
  #accepting(table: Table, address: number, count: number): Owner | undefined {
    for (const owner of this.#owners.values()) if (contains(owner.accept[table]!, address, count)) return owner;
    return undefined;
  }
}
