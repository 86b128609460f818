import type { Clock, Timer } from '../../clock.ts';
import { BLE_LIMITS } from '../limits.ts';
import type { CharacteristicInfo, CharacteristicPath, Ended, ProcedureEnd, RadioLink } from './radio.ts';

/** Why a link is of no use any more. `turn`: another device has its turn; `closed`: the peer, the radio, or nobody wants it any more. */
export type LinkLoss = 'timeout' | 'closed' | 'violation' | 'turn' | 'radio';

/** How something that was asked of a peer ended. */
export type GattEnd<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** With an error code of the attribute protocol, 1 to 255. */
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'not-found' }
  /** Its time had passed before it could be sent. */
  | { readonly kind: 'expired' }
  /** The value is longer than the link can carry in the way that was asked for. */
  | { readonly kind: 'too-long' }
  /** `wasSent`: the peer may have done it. */
  | { readonly kind: 'lost'; readonly loss: LinkLoss; readonly wasSent: boolean };

export type GattEnded<T> = (end: GattEnd<T>) => void;

export interface GattLinkOptions {
  readonly link: RadioLink;
  /** Deadline of each procedure. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly events: GattLinkEvents;
}

export interface GattLinkEvents {
  notified(path: CharacteristicPath, value: Uint8Array): void;
  /** Nothing can be asked any more; everything that waited has ended. */
  over(loss: LinkLoss, reason: string): void;
  /** The connection itself has ended, after `over`. */
  gone(): void;
}

export interface WriteOptions {
  /** Whether the peer confirms it. */
  readonly withResponse: boolean;
  /** Time of the clock at which it must not be sent any more. */
  readonly sendBy?: number;
}

interface Task {
  begin(): void;
  lost(loss: LinkLoss, wasSent: boolean): void;
}

const NOTIFYING = ['notify', 'indicate'];
const NOT_PERMITTED = 3;
const NOT_SUPPORTED = 6;

/**
 * A link to a peer with the rules that a radio does not have: one procedure at a time, a deadline for each, and an end of the link
 * when one is missed, so that a late answer finds nobody. What a peer offers is asked for when it is needed, once a link.
 */
export class GattLink {
  readonly #options: GattLinkOptions;
  readonly #tasks: Task[] = [];
  readonly #tables = new Map<string, readonly CharacteristicInfo[] | undefined>();
  #areServicesKnown = false;
  #task: Task | undefined;
  #wasSent = false;
  #deadline: Timer | undefined;
  #isOver = false;
  /** It is about to end, so that nothing is begun on it any more. */
  #isSpent = false;

  constructor(options: GattLinkOptions) {
    this.#options = options;
    const { events, link } = options;
    link.listen({
      notified: (path, value) => {
        if (!this.#isOver && value.byteLength <= BLE_LIMITS.valueBytes) events.notified(path, value);
      },
      violated: (reason) => this.#drop('violation', reason),
      closed: (reason) => {
        this.#end('closed', reason);
        events.gone();
      },
    });
  }

  /** Whether it is of no use any more. */
  get isOver(): boolean {
    return this.#isOver || this.#isSpent;
  }

  /** UUIDs of the services that the peer has. */
  services(ended: GattEnded<readonly string[]>): void {
    this.#add(ended, (finish) =>
      this.#findServices(finish, () => finish({ kind: 'done', value: [...this.#tables.keys()] })),
    );
  }

  characteristics(service: string, ended: GattEnded<readonly CharacteristicInfo[]>): void {
    this.#add(ended, (finish) => this.#findTable(service, finish, (value) => finish({ kind: 'done', value })));
  }

  read(path: CharacteristicPath, ended: GattEnded<Uint8Array>): void {
    this.#add(ended, (finish) =>
      this.#find(path, finish, () =>
        this.#ask<Uint8Array>(
          (link, done) => link.read(path, done),
          (end) => finish(withinLimit(end)),
        ),
      ),
    );
  }

  /** Without response, `done` means that the radio has taken it. */
  write(path: CharacteristicPath, data: Uint8Array, how: WriteOptions, ended: GattEnded<undefined>): void {
    const { withResponse, sendBy = Number.POSITIVE_INFINITY } = how;
    this.#add(ended, (finish) =>
      this.#find(path, finish, ({ properties }) => {
        const { link, clock } = this.#options;
        if (clock.now() >= sendBy) finish({ kind: 'expired' });
        else if (!withResponse && data.byteLength > link.mtu - 3) finish({ kind: 'too-long' });
        else if (!withResponse && !properties.includes('writeWithoutResponse'))
          finish({ kind: 'refused', code: NOT_PERMITTED });
        else {
          this.#wasSent = true;
          this.#ask<undefined>((_, done) => link.write(path, data, withResponse, done), finish);
        }
      }),
    );
  }

  /** Asks the peer to notify or indicate, or to do so no more. */
  notify(path: CharacteristicPath, isOn: boolean, ended: GattEnded<undefined>): void {
    this.#add(ended, (finish) =>
      this.#find(path, finish, ({ properties }) => {
        if (properties.some((property) => NOTIFYING.includes(property)))
          this.#ask<undefined>((link, done) => link.notify(path, isOn, done), finish);
        else finish({ kind: 'refused', code: NOT_SUPPORTED });
      }),
    );
  }

  /** Ends the link; what was asked and not answered is lost. */
  close(loss: LinkLoss = 'closed', reason = 'nobody needs it'): void {
    this.#drop(loss, reason);
  }

  /** The radio is gone, and the link with it. */
  abandon(reason: string): void {
    this.#end('radio', reason);
    this.#options.events.gone();
  }

  #add<T>(ended: GattEnded<T>, begin: (finish: GattEnded<T>) => void): void {
    const task: Task = {
      begin: () =>
        begin((end) => {
          if (this.#task !== task) return;
          this.#task = undefined;
          ended(end);
          this.#next();
        }),
      lost: (loss, wasSent) => ended({ kind: 'lost', loss, wasSent }),
    };
    if (this.#isOver) task.lost('closed', false);
    else {
      this.#tasks.push(task);
      this.#next();
    }
  }

  #next(): void {
    if (this.#task !== undefined || this.isOver) return;
    this.#task = this.#tasks.shift();
    this.#wasSent = false;
    this.#task?.begin();
  }

  #findServices<T>(finish: GattEnded<T>, then: () => void): void {
    if (this.#areServicesKnown) then();
    else
      this.#ask<readonly string[]>(
        (link, done) => link.discoverServices(done),
        (end) => {
          if (end.kind === 'refused') return finish(end);
          this.#areServicesKnown = true;
          for (const uuid of end.value) this.#tables.set(uuid, undefined);
          then();
        },
      );
  }

  #findTable<T>(service: string, finish: GattEnded<T>, then: (table: readonly CharacteristicInfo[]) => void): void {
    this.#findServices(finish, () => {
      const known = this.#tables.get(service);
      if (known !== undefined) then(known);
      else if (!this.#tables.has(service)) finish({ kind: 'not-found' });
      else
        this.#ask<readonly CharacteristicInfo[]>(
          (link, done) => link.discoverCharacteristics(service, done),
          (end) => {
            if (end.kind === 'refused') return finish(end);
            this.#tables.set(service, end.value);
            then(end.value);
          },
        );
    });
  }

  #find<T>(path: CharacteristicPath, finish: GattEnded<T>, then: (info: CharacteristicInfo) => void): void {
    this.#findTable(path.service, finish, (table) => {
      const info = table.find(({ uuid }) => uuid === path.characteristic);
      if (info === undefined) finish({ kind: 'not-found' });
      else then(info);
    });
  }

  #ask<T>(begin: (link: RadioLink, ended: Ended<T>) => void, then: (end: ProcedureEnd<T>) => void): void {
    const { link, clock, timeoutMs } = this.#options;
    const deadline = clock.after(timeoutMs, () => {
      const code = link.awaitedSecurity;
      if (code !== undefined) {
        this.#isSpent = true;
        then({ kind: 'refused', code, isStuck: true });
      }
      this.#drop('timeout', `no answer within ${timeoutMs} ms`);
    });
    this.#deadline = deadline;
    begin(link, (end) => {
      deadline.cancel();
      if (this.#isOver) return;
      this.#isSpent = end.kind === 'refused' && end.isStuck;
      then(end);
      if (this.#isSpent) this.#drop('violation', 'a refusal after which the link has to end');
    });
  }

  #drop(loss: LinkLoss, reason: string): void {
    if (this.#isOver) return;
    this.#end(loss, reason);
    this.#options.link.disconnect();
  }

  #end(loss: LinkLoss, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadline?.cancel();
    const task = this.#task;
    this.#task = undefined;
    task?.lost(loss, this.#wasSent);
    for (const waiting of this.#tasks.splice(0)) waiting.lost(loss, false);
    this.#options.events.over(loss, reason);
  }
}

/** A value longer than any may be is no value. */
function withinLimit(end: ProcedureEnd<Uint8Array>): GattEnd<Uint8Array> {
  return end.kind === 'done' && end.value.byteLength > BLE_LIMITS.valueBytes ? { kind: 'too-long' } : end;
}
