import { GatehouseError } from '../errors.ts';
import { type ClockSetting, readSavedTime, SavedTime, WallClock } from '../time/index.ts';
import { LEVEL, type Log } from './log.ts';

const LOOK_EVERY_MS = 1_000;

/** The clock of the gateway: what happens to it goes to the log, and its time is saved in the state folder now and then. */
export class GatewayClock {
  readonly wall: WallClock;
  readonly #log: Log;
  readonly #saved: SavedTime | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(wall: WallClock, saved: SavedTime | undefined, log: Log) {
    this.wall = wall;
    this.#saved = saved;
    this.#log = log;
  }

  static async open(stateFolder: string | undefined, log: Log): Promise<GatewayClock> {
    const savedMs = stateFolder === undefined ? undefined : await readSavedTime(stateFolder).catch(report(log));
    const wall = new WallClock(savedMs === undefined ? {} : { savedMs });
    const clock = new GatewayClock(
      wall,
      stateFolder === undefined ? undefined : new SavedTime(stateFolder, wall, savedMs),
      log,
    );
    clock.#start();
    return clock;
  }

  /** Why the time is not known; undefined when it is. */
  get trouble(): string | undefined {
    return this.wall.isKnown ? undefined : troubleText(this.wall);
  }

  /** Saves the time once more, if it has been known for long enough. Idempotent. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saved?.save().catch(report(this.#log));
  }

  #start(): void {
    if (this.trouble !== undefined) this.#warn();
    this.wall.listen((setting) => this.#tell(setting));
    this.#timer = setInterval(() => {
      this.wall.look();
      this.#saved?.saveDue().catch(report(this.#log));
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  #tell({ wasMs, isMs, wasKnown, isKnown }: ClockSetting): void {
    if (!isKnown && wasKnown) this.#warn();
    else if (isKnown) this.#log({ level: LEVEL.info, text: `the clock is set from ${text(wasMs)} to ${text(isMs)}` });
  }

  #warn(): void {
    this.#log({ level: LEVEL.warning, code: 'TIME_UNKNOWN', text: troubleText(this.wall) });
  }
}

function troubleText(wall: WallClock): string {
  return `the clock says ${text(wall.now().timeMs)}, which cannot be: it is after ${text(wall.floorMs)}`;
}

const text = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function report(log: Log): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof GatehouseError)) throw error;
    log({ level: LEVEL.error, code: error.code, text: error.message });
  };
}
