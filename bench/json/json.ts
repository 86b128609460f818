// Compares the SDK's JSON cursor and writer with json-as. Usage: node --import tsx bench/json/json.ts [--json]
import { cpus } from 'node:os';
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

const subjects = [
  await openSubject('no JSON', { source: 'baseline' }),
  await openSubject('SDK cursor', { source: 'cursor' }),
  await openSubject('json-as', { source: 'json-as', options: TRANSFORM }),
  await openSubject('json-as SIMD', {
    source: 'json-as',
    options: [...TRANSFORM, '--enable', 'simd'],
    environment: { JSON_MODE: 'SIMD' },
  }),
];
const rows = measureAll(subjects);
report(rows, process.argv.includes('--json'));

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

function report(all: readonly Row[], asJson: boolean): void {
  if (asJson) {
    const [, cursor, jsonAs] = all;
    console.log(
      JSON.stringify({
        bench: 'json',
        node: process.version,
        machine: `${cpus()[0]?.model} x ${cpus().length}`,
        subjects: all,
        targets: [
          {
            name: 'addedBytes',
            value: cursor!.addedBytes,
            target: jsonAs!.addedBytes,
            met: cursor!.addedBytes <= jsonAs!.addedBytes,
          },
        ],
      }),
    );
    return;
  }
  console.log(`Node ${process.version}, ${cpus()[0]?.model}\n`);
  console.log(`| | ${all.map(({ name }) => name).join(' | ')} |`);
  console.log(`| --- |${' ---: |'.repeat(all.length)}`);
  const line = (title: string, value: (row: Row) => string): void =>
    console.log(`| ${title} | ${all.map(value).join(' | ')} |`);
  line('release file, bytes', ({ bytes }) => bytes.toLocaleString('en'));
  line('added by JSON, bytes', ({ addedBytes }) => addedBytes.toLocaleString('en'));
  for (const name of Object.keys(CASES) as CaseName[]) line(`${name}, us`, ({ us }) => us[name].toFixed(2));
  line(`invalid texts accepted, of ${INVALID.length}`, ({ name, invalidAccepted }) =>
    name === 'no JSON' ? '-' : `${invalidAccepted}`,
  );
  line('memory at the end, KB', ({ memoryBytes }) => `${memoryBytes / 1024}`);
}
