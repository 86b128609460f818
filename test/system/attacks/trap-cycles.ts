import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { favourMemory } from '../../../host/src/cli/favour-memory.ts';
import { DEFAULT_LIMITS, TestCell } from '../../lib/test-cell.ts';
import { compileWats, guestWat } from '../../lib/wat.ts';
import { dataWat, importsWat } from './attack-wat.ts';

/** After how many cycles memory is looked at first: by then everything is there that is made once. */
const WARM_UP_CYCLES = 1_000;
/** Collections before memory is looked at: what one finds dead, the engine gives back after another. */
const COLLECTIONS = 5;
/** Longer than any delay before the next start. */
const RETRY_MS = 300_000;
const KV = { kv: { bytes: 10_000 } };
const LITTLE = { limits: { ...DEFAULT_LIMITS, fuelPerCall: 20_000 } };
const START = '(i32.eq (local.get $kind) (i32.const 1))';

const trapping = (handle: string, functions = '', more: Partial<Parameters<typeof guestWat>[0]> = {}): string =>
  guestWat({ functions, handle: `(if ${START} (then ${handle})) (i32.const 0)`, ...more });

/** Modules that fail at each start, each in its own way and after effects of its own. */
const FAILING: readonly (readonly [id: string, wat: string, spec?: Parameters<TestCell['install']>[2]])[] = [
  ['start-function', guestWat({ functions: '(func $s unreachable) (start $s)', handle: '(i32.const 0)' })],
  ['start-event', trapping('unreachable')],
  [
    'memory',
    trapping('(memory.fill (i32.const 8192) (i32.const 1) (i32.const 1040384)) unreachable', '', { pages: 16 }),
  ],
  ['growth', trapping('(drop (memory.grow (i32.const 14))) (i32.store (i32.const 1048568) (i32.const 1)) unreachable')],
  [
    'tables',
    trapping(
      '(drop (table.grow $t (ref.func $f) (i32.const 9999))) unreachable',
      '(table $t 1 funcref) (elem declare func $f) (func $f)',
    ),
  ],
  ['fuel', trapping('(loop $l (br $l))'), LITTLE],
  ['stack', trapping('(call $f)', '(func $f (call $f))')],
  ['inbox', guestWat({ handle: '(i32.const 0)' }).replace('(local.get $at))', '(i32.const -8))')],
  [
    'effects',
    trapping(
      `(drop (call $message.output (i32.const 0) (i32.const 3)))
       (drop (call $message.emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1000)))
       (drop (call $timer.set (i32.const 0) (i32.const 1) (i32.const 1)))
       (drop (call $kv.set (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 1000)))
       (drop (call $twin.report (i32.const 8) (i32.const 7)))
       (drop (call $log.write (i32.const 6) (i32.const 0) (i32.const 3)))
       (drop (call $log.abort (i32.const 0) (i32.const 3) (i32.const 0) (i32.const 3) (i32.const 1) (i32.const 1)))
       unreachable`,
      '',
      {
        imports: importsWat([
          'message.output',
          'message.emit',
          'timer.set',
          'kv.set',
          'twin.report',
          'log.write',
          'log.abort',
        ]),
        data: `${dataWat(0, 'out')} ${dataWat(8, '{"a":1}')}`,
      },
    ),
    KV,
  ],
];

export interface TrapCycles {
  readonly cycles: number;
  /** Resident memory after the first thousand cycles and at the end, after a garbage collection each. */
  readonly settledMb: number;
  readonly endMb: number;
}

/** Lets modules start, trap and be discarded, so many times in all, in a cell on a clock of its own. */
export async function runTrapCycles(
  cycles: number,
  onProgress: (done: number, rssMb: number) => void = () => {},
): Promise<TrapCycles> {
  // As the command does: room for garbage would be most of what is measured.
  favourMemory();
  const cell = new TestCell();
  cell.routes('FROM /messages/* INTO $upstream');
  const compiled = compileWats(FAILING.map(([, wat]) => wat));
  for (const [index, [id, , spec]] of FAILING.entries())
    cell.cell.start(cell.install(id, compiled[index] as Uint8Array, spec));
  let settledMb = 0;
  let reported = 0;
  for (let done = trappedIn(cell); done < cycles; done = trappedIn(cell)) {
    if (settledMb === 0 && done >= WARM_UP_CYCLES) settledMb = await collectedMb();
    if (done - reported >= WARM_UP_CYCLES * 10) {
      reported = done;
      onProgress(done, rssMb());
    }
    cell.advance(RETRY_MS);
    cell.takeEffects();
    cell.takeNotices();
    // As the thread of a cell does, and the engine needs to give memory back.
    await nextTurn();
  }
  return { cycles: trappedIn(cell), settledMb, endMb: await collectedMb() };
}

const trappedIn = (cell: TestCell): number =>
  cell.cell.status().modules.reduce((sum, { counters }) => sum + counters.trapped, 0);
const rssMb = (): number => process.memoryUsage.rss() / 2 ** 20;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What waits for a collection is not a leak, and not there because of one. */
async function collectedMb(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < COLLECTIONS; round++) {
    collect();
    await nextTurn();
  }
  return rssMb();
}
