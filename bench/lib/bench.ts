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

/** One question about speed or memory, answered by measuring, with what it is compared to in the same run. */
export interface Bench {
  readonly name: string;
  /** The question, as one sentence. */
  readonly question: string;
  run(): Promise<Figures>;
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

/** Rounds to three significant digits more than enough for a figure that varies by tens of percent. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
