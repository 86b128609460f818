import { formatRange } from '../../../../host/src/drivers/modbus/commissioning.ts';
import { clockText } from '../clock-text.ts';
import { explain } from './failure.ts';
import type { PlaceConfig } from './place.ts';
import { Progress } from './progress.ts';
import { formatValues, type Reading, valueJson } from './read-values.ts';
import { failureText } from './report-failure.ts';
import type { Value } from './selection.ts';

export interface WatchLogOptions {
  readonly place: PlaceConfig;
  readonly timeoutMs: number;
  readonly isJson: boolean;
}

/** What a watch says: all values once, then changes, and when the device goes away and comes back. */
export class WatchLog {
  readonly #options: WatchLogOptions;
  readonly #progress = new Progress();
  readonly #texts = new Map<string, string>();
  readonly #counts = { rounds: 0, read: 0, changes: 0 };
  /** What is wrong at the moment, by address, and since when. */
  #trouble = '';
  #troubleSince = 0;
  #slowestMs = 0;

  constructor(options: WatchLogOptions) {
    this.#options = options;
  }

  round(readings: readonly Reading[], tookMs: number): void {
    const values = readings.flatMap((reading) => (reading.kind === 'values' ? reading.values : []));
    const isFirst = this.#texts.size === 0;
    const changed = values.filter(({ address, text }) => (this.#texts.get(address) ?? text) !== text);
    this.#counts.rounds++;
    if (values.length > 0) {
      this.#counts.read++;
      this.#slowestMs = Math.max(this.#slowestMs, tookMs);
    }
    this.#counts.changes += changed.length;
    this.#progress.clear();
    if (this.#options.isJson) this.#printJson(readings, values, changed);
    else {
      this.#printTrouble(readings);
      if (isFirst && values.length > 0) print(`${clockText()}\n${formatValues(values, '  ')}`);
      else this.#printChanges(changed);
    }
    for (const { address, text } of values) this.#texts.set(address, text);
    if (process.stderr.isTTY)
      this.#progress.show(`round ${this.#counts.rounds} took ${tookMs.toFixed(1)} ms; Ctrl-C ends`);
  }

  /** Says how it was; true if anything was read. */
  end(): boolean {
    const { rounds, read, changes } = this.#counts;
    this.#progress.clear();
    const missed = rounds === read ? '' : `, ${rounds - read} not read`;
    const took = read === 0 ? '' : `; the slowest took ${this.#slowestMs.toFixed(1)} ms`;
    process.stderr.write(`${plural(rounds, 'round')}${missed}, ${plural(changes, 'change')}${took}\n`);
    return read > 0;
  }

  #printChanges(changed: readonly Value[]): void {
    const time = clockText();
    for (const { address, text } of changed) print(`${time}  ${address}  ${this.#texts.get(address)} -> ${text}\n`);
  }

  /** A change for the worse is said once, with what to look at, and once more when it is over. */
  #printTrouble(readings: readonly Reading[]): void {
    const { place, timeoutMs } = this.#options;
    const failed = readings.flatMap((reading) =>
      reading.kind === 'failure'
        ? [{ at: formatRange(reading.at), why: explain(reading.failure, place, timeoutMs) }]
        : [],
    );
    const trouble = failed.map(({ at, why }) => `${at} ${why.code}`).join();
    if (trouble === this.#trouble) return;
    if (trouble === '')
      print(`${clockText()}  all is read again after ${secondsText(performance.now() - this.#troubleSince)}\n`);
    if (this.#trouble === '') this.#troubleSince = performance.now();
    this.#trouble = trouble;
    for (const { at, why } of failed) print(`${clockText()}  ${at}: ${failureText(why)}`);
  }

  #printJson(readings: readonly Reading[], values: readonly Value[], changed: readonly Value[]): void {
    const { place, timeoutMs } = this.#options;
    const failures = readings.flatMap((reading) => {
      if (reading.kind === 'values') return [];
      const { code, message } = explain(reading.failure, place, timeoutMs);
      return [{ address: formatRange(reading.at), code, message }];
    });
    const line = {
      time: new Date().toISOString(),
      values: values.map(valueJson),
      changed: changed.map(({ address }) => address),
      failures,
    };
    print(`${JSON.stringify(line)}\n`);
  }
}

const print = (text: string): void => {
  process.stdout.write(text);
};

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
