import { atMost, type Bench, rounded } from '../lib/bench.ts';
import { CASES, type CaseName, INVALID } from './frames.ts';
import { openSubject, type Subject } from './subject.ts';

const ROUNDS = 40;
const ROUND_MS = 15;
const TRANSFORM = ['--transform', 'json-as'];

interface Row {
  readonly name: string;
  readonly bytes: number;
  readonly addedBytes: number;
  /** Microseconds an event, by case. */
  readonly us: Readonly<Record<CaseName, number>>;
  readonly invalidAccepted: number;
  readonly memoryBytes: number;
}

/** The SDK's JSON cursor and writer beside json-as: one module compiled in each way, whole events, garbage collection included. */
export const json: Bench = {
  name: 'json',
  question: "What do reading and writing JSON cost in a module, with the SDK's cursor and with json-as?",
  async run() {
    const rows = measureAll([
      await openSubject('noJson', { source: 'baseline' }),
      await openSubject('cursor', { source: 'cursor' }),
      await openSubject('jsonAs', { source: 'json-as', options: TRANSFORM }),
      await openSubject('jsonAsSimd', {
        source: 'json-as',
        options: [...TRANSFORM, '--enable', 'simd'],
        environment: { JSON_MODE: 'SIMD' },
      }),
    ]);
    const figures = Object.assign({}, ...rows.slice(1).map(figuresOf)) as Record<string, number>;
    const { cursorAddedBytes = Number.NaN, jsonAsAddedBytes = Number.NaN } = figures;
    return { figures, targets: [atMost('cursorAddedBytes', cursorAddedBytes, jsonAsAddedBytes)] };
  },
};

/** A row as figures, each named for its subject: `cursorAddedBytes`. */
function figuresOf({ name, bytes, addedBytes, us, invalidAccepted, memoryBytes }: Row): Record<string, number> {
  const cases = Object.entries(us).map(([title, value]) => [`${name} ${title}, us`, rounded(value)]);
  return {
    [`${name}Bytes`]: bytes,
    [`${name}AddedBytes`]: addedBytes,
    ...Object.fromEntries(cases),
    [`${name}InvalidAccepted`]: invalidAccepted,
    [`${name}MemoryKb`]: memoryBytes / 1024,
  };
}

/** Rounds of all subjects take turns, so that a busy moment of the machine hits all alike; the fastest round counts. */
function measureAll(all: readonly Subject[]): Row[] {
  const times = new Map(all.map((subject) => [subject, {} as Record<CaseName, number>]));
  for (const [name, frame] of Object.entries(CASES) as [CaseName, Uint8Array][]) {
    const samples = new Map<Subject, number[]>(all.map((subject) => [subject, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const subject of all) samples.get(subject)!.push(measure(subject, frame));
    }
    for (const subject of all) times.get(subject)![name] = Math.min(...samples.get(subject)!);
  }
  return all.map((subject) => ({
    name: subject.name,
    bytes: subject.bytes,
    addedBytes: subject.bytes - all[0]!.bytes,
    us: times.get(subject)!,
    memoryBytes: subject.memoryBytes(),
    // Behind the measurements, because a trap may leave a module in disorder.
    invalidAccepted: INVALID.filter((frame) => {
      subject.load(frame);
      return subject.handle(1);
    }).length,
  }));
}

/** Microseconds an event. */
function measure(subject: Subject, frame: Uint8Array): number {
  subject.load(frame);
  if (!subject.handle(100)) throw new Error(`${subject.name} cannot read the frame`);
  let events = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    subject.handle(200);
    events += 200;
    elapsed = performance.now() - start;
  }
  return (elapsed * 1000) / events;
}
