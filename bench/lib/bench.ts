import { cpus, totalmem } from 'node:os';

/** A figure and the value it must reach. */
export interface Target {
  readonly name: string;
  readonly value: number;
  /** `>= 2500000` or `<= 4`. */
  readonly target: string;
  readonly met: boolean;
}

/** What a bench found: figures by name, and which of them have a target. */
export interface Figures {
  readonly figures: Readonly<Record<string, number | string>>;
  readonly targets: readonly Target[];
}

/** What the command line adds to a bench. */
export interface BenchOptions {
  /** Measures only the parts whose name contains this. */
  readonly only?: string;
}

/** One question about speed or memory, answered by measuring, with what it is compared to in the same run. */
export interface Bench {
  readonly name: string;
  /** The question, as one sentence. */
  readonly question: string;
  run(options: BenchOptions): Promise<Figures>;
}

export function atLeast(name: string, value: number, limit: number): Target {
  return { name, value, target: `>= ${limit}`, met: value >= limit };
}

export function atMost(name: string, value: number, limit: number): Target {
  return { name, value, target: `<= ${limit}`, met: value <= limit };
}

/** The machine, for reading figures later: its kind of processor, its number, and its memory. */
export function describeMachine(): string {
  const processors = cpus();
  return `${processors[0]?.model.trim() ?? 'unknown'} x ${processors.length}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;
}

/** The value below which a share of the sorted samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** The mean of ratios. */
export function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/** Rounds to three significant digits more than enough for a figure that varies by tens of percent. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** How much was done in a second: by the clock, and of processor time, which a busy machine does not lengthen. */
export interface Rates {
  readonly perSecond: number;
  readonly perProcessorSecond: number;
}

/** Measures work in this process that says how often it did what is counted. */
export async function measureRates(work: () => number | Promise<number>): Promise<Rates> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const count = await work();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(used);
  return { perSecond: count / seconds, perProcessorSecond: count / ((user + system) / 1e6) };
}
