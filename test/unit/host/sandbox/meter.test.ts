import { GatehouseError } from '../../../../host/src/errors.ts';
import {
  originalOffset,
  type PreparedModule,
  prepareModule,
  type SandboxLimits,
} from '../../../../host/src/sandbox/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { compileWat } from '../../../lib/wat.ts';
import { body, END, functionType, I32, leb, moduleOf, section, vec } from './build-wasm.ts';
import { refuses } from './refuses.ts';

const test = suite('metering');

const LIMITS: SandboxLimits = {
  moduleBytes: 2 ** 20,
  memoryBytes: 2 ** 22,
  tableEntries: 1_000,
  fuelPerCall: 100_000,
  stackBytes: 65_536,
};

type Call = (...parameters: number[]) => number;

class Metered {
  readonly prepared: PreparedModule;
  readonly instance: WebAssembly.Instance;

  constructor(given: string | Uint8Array, limits: Partial<SandboxLimits> = {}, imports: WebAssembly.Imports = {}) {
    const bytes = typeof given === 'string' ? compileWat(given) : given;
    this.prepared = prepareModule(bytes, { ...LIMITS, ...limits });
    this.instance = new WebAssembly.Instance(new WebAssembly.Module(this.prepared.bytes), imports);
  }

  call(name: string, ...parameters: number[]): number {
    return (this.instance.exports[name] as Call)(...parameters);
  }

  takeFuel(): number {
    return this.call(this.prepared.meter.takeFuel);
  }

  get stopReason(): number {
    return this.call(this.prepared.meter.stopReason);
  }

  /** Fuel that one call takes. */
  costOf(name: string, ...parameters: number[]): number {
    this.takeFuel();
    this.call(name, ...parameters);
    return this.takeFuel();
  }

  /** The reason for which a call is stopped. */
  stops(name: string, ...parameters: number[]): number {
    assert.throws(() => this.call(name, ...parameters), WebAssembly.RuntimeError);
    return this.stopReason;
  }
}

const OUT_OF_FUEL = 1;
const OUT_OF_STACK = 2;

test('a loop costs in proportion to its turns, and the same each time', () => {
  const count = new Metered(`(module (func (export "run") (param i32) (local i32)
    (loop $next (br_if $next (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))))`);
  const [ten, twenty] = [count.costOf('run', 10), count.costOf('run', 20)];
  assert.equal(count.costOf('run', 10), ten);
  assert.equal(count.costOf('run', 30) - twenty, twenty - ten);
  assert.equal((twenty - ten) / 10, 5, 'one for the loop, four for its instructions');
});

test('a loop without end is out of fuel, whatever its shape', () => {
  const shapes = {
    br: '(loop $l (br $l))',
    brIf: '(loop $l (br_if $l (i32.const 1)))',
    brTable: '(loop $l (br_table $l $l (i32.const 0)))',
    nested: '(loop $l (loop $k (br $l)))',
    withBlock: '(loop $l (block (br $l)))',
    inElse: '(loop $l (if (i32.const 0) (then) (else (br $l))))',
  };
  for (const [shape, body] of Object.entries(shapes)) {
    const module = new Metered(`(module (func (export "run") ${body}))`);
    assert.equal(module.stops('run'), OUT_OF_FUEL, shape);
  }
});

test('recursion without end is out of stack, and out of fuel where it has little stack to use', () => {
  const text = `(module (table funcref (elem $through)) (type $t (func))
    (func $direct (export "direct") (call $direct))
    (func $even (export "mutual") (call $odd)) (func $odd (call $even))
    (func $through (export "through") (call_indirect (type $t) (i32.const 0))))`;
  for (const name of ['direct', 'mutual', 'through']) {
    assert.equal(new Metered(text).stops(name), OUT_OF_STACK, name);
    assert.equal(new Metered(text, { stackBytes: 2 ** 30, fuelPerCall: 1_000 }).stops(name), OUT_OF_FUEL, name);
  }
});

test('how deep recursion goes depends on the granted stack alone', () => {
  const text = `(module (global $depth (mut i32) (i32.const 0)) (func (export "depth") (result i32) (global.get $depth))
    (func $down (export "down") (global.set $depth (i32.add (global.get $depth) (i32.const 1))) (call $down)))`;
  const depthAt = (stackBytes: number): number => {
    const module = new Metered(text, { stackBytes });
    assert.equal(module.stops('down'), OUT_OF_STACK);
    return module.call('depth');
  };
  assert.equal(depthAt(65_536), depthAt(65_536));
  assert.ok(depthAt(65_536) >= 2 * depthAt(32_768) - 1);
});

test("a trap of the module's own is told apart", () => {
  const module = new Metered('(module (func (export "run") unreachable))');
  assert.equal(module.stops('run'), 0);
});

test('fuel that is no number of 31 bits is taken in parts, and none is lost', () => {
  const module = new Metered(
    '(module (import "m" "dear" (func $dear)) (func (export "run") (call $dear)))',
    { fuelPerCall: 2_000_000_000, importCosts: { 'm.dear': { base: 1_000_000_000 } } },
    { m: { dear: () => undefined } },
  );
  const cost = module.costOf('run');
  for (let call = 0; call < 5; call++) module.call('run');
  assert.equal(module.takeFuel(), 2 ** 31 - 1);
  assert.equal(module.takeFuel(), 2 ** 31 - 1);
  assert.equal(module.takeFuel(), 5 * cost - 2 * (2 ** 31 - 1));
  assert.equal(module.takeFuel(), 0);
});

test('every call from outside starts with the whole budget', () => {
  const module = new Metered(
    `(module (func (export "run") (param i32) (loop $l
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`,
    { fuelPerCall: 1_000 },
  );
  for (let call = 0; call < 100; call++) module.call('run', 100);
  assert.ok(module.takeFuel() > 10_000);
  assert.equal(module.stops('run', 1_000_000), OUT_OF_FUEL);
});

test('the start function becomes an export, so that it runs under fuel and can be asked why it was stopped', () => {
  const module = new Metered('(module (func $main (loop $l (br $l))) (start $main))');
  assert.equal(module.stops(module.prepared.meter.start as string), OUT_OF_FUEL);
});

test('bulk operations cost by size', () => {
  const module = new Metered(
    `(module (memory 2) (table 100 funcref)
      (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
      (func (export "copy") (param i32) (memory.copy (i32.const 0) (i32.const 8) (local.get 0)))
      (func (export "entries") (param i32) (table.fill (i32.const 0) (ref.null func) (local.get 0))))`,
  );
  assert.equal(module.costOf('fill', 65_536) - module.costOf('fill', 0), 4_096);
  assert.equal(module.costOf('copy', 65_536) - module.costOf('copy', 0), 4_096);
  assert.equal(module.costOf('entries', 100) - module.costOf('entries', 0), 4_000);
});

test('growth costs by size where there is room, and nothing where it is refused', () => {
  const module = new Metered(
    `(module (memory 1) (table 1 funcref)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "table") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))`,
    { fuelPerCall: 2 ** 30 },
  );
  const nothing = module.costOf('grow', 0);
  assert.equal(module.costOf('grow', 3) - nothing, 3 * 4_096);
  assert.equal(module.costOf('grow', 1_000), nothing, 'above the maximum');
  assert.equal(module.costOf('grow', -1), nothing);
  assert.equal(module.call('grow', -1), -1);
  assert.equal(module.costOf('table', 999) - module.costOf('table', 0), 999 * 40);
  assert.equal(module.costOf('table', -1), module.costOf('table', 0));
});

test('imported functions cost what the table says, by the bytes that they are given', () => {
  const given: number[] = [];
  const module = new Metered(
    `(module (import "io" "write" (func $write (param i32 i32) (result i32))) (memory 1)
      (func (export "write") (param i32 i32) (result i32) (call $write (local.get 0) (local.get 1))))`,
    { importCosts: { 'io.write': { base: 100, bytes: [1], bytesPerFuel: 8 } } },
    { io: { write: (_pointer: number, length: number) => given.push(length) } },
  );
  const empty = module.costOf('write', 0, 0);
  assert.equal(module.costOf('write', 0, 8_000) - empty, 1_000);
  assert.equal(module.costOf('write', 0, -1), empty, 'a length beyond the memory is refused by the function');
  assert.deepEqual(given, [0, 8_000, -1]);
});

test('what is out of fuel has not called the import', () => {
  let calls = 0;
  const module = new Metered(
    '(module (import "io" "say" (func $say)) (func (export "run") (loop $l (call $say) (br $l))))',
    { importCosts: { 'io.say': { base: 40_000 } } },
    { io: { say: () => calls++ } },
  );
  assert.equal(module.stops('run'), OUT_OF_FUEL);
  assert.equal(calls, 2);
});

test('calls and blocks with many parameters and results cost what moving them takes', () => {
  const values = Array.from({ length: 100 }, () => 'i32').join(' ');
  const pushes = Array.from({ length: 100 }, () => '(i32.const 0)').join(' ');
  const module = new Metered(
    `(module (func $many (param ${values})) (func $few (param i32 i32))
      (func (export "many") (call $many ${pushes}))
      (func (export "few") (call $few (i32.const 0) (i32.const 0))))`,
  );
  const entry = 16;
  assert.equal(module.costOf('many') - module.costOf('few'), (100 - 8) * 4 + entry);
});

test('every turn of a loop with many parameters costs what moving them takes', () => {
  const turning = (count: number): Metered => {
    const loop = [[0x03, 1], new Array<number[]>(count).fill([0x1a]).flat()].flat();
    const pushes = new Array<number[]>(count).fill([0x41, 0]).flat();
    const turn = [0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x45, 0x04, 0x40, 0x0f, END];
    const code = [pushes, loop, turn, pushes, [0x0c, 0, END]].flat();
    const run = [leb(code.length + 2), [0], code, [END]].flat();
    return new Metered(
      moduleOf(
        section(1, vec(functionType([I32], []), functionType(new Array<number>(count).fill(I32), []))),
        section(3, vec([0])),
        section(7, vec([3, 0x72, 0x75, 0x6e, 0, 0])),
        section(10, vec(run)),
      ),
    );
  };
  const costOfTurn = (module: Metered): number => module.costOf('run', 11) - module.costOf('run', 10);
  assert.ok(costOfTurn(turning(108)) >= costOfTurn(turning(8)) + 100);
});

test('a table of branches costs by the doublings of its targets', () => {
  const branching = (targets: number): number =>
    new Metered(`(module (func (export "run") (param i32) (block $a (block $b
      (br_table ${'$a $b '.repeat(targets / 2)} $a (local.get 0))))))`).costOf('run', 0);
  assert.equal(branching(1_024) - branching(256), 2 * 6);
});

test('instructions of which optimised code has nothing cost a unit for every four', () => {
  const shapes = {
    constants: '(drop (f64.const 1))',
    locals: '(drop (local.get 0))',
    ifs: '(if (local.get 0) (then (drop (f64.const 1))) (else (drop (f64.const 2))))',
  };
  for (const [shape, code] of Object.entries(shapes)) {
    const module = new Metered(`(module (func (export "run") (param i32) ${code.repeat(4_000)}))`);
    assert.ok(module.costOf('run', 0) >= 2_000, shape);
  }
  const small = new Metered(`(module (func $small (param i32) ${shapes.locals.repeat(40)})
    (func (export "run") (param i32) ${'(call $small (local.get 0))'.repeat(100)}))`);
  assert.ok(small.costOf('run', 0) >= 100 * 20);
});

test('a piece of code that costs very much is paid for in parts', () => {
  const fills = '(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))'.repeat(40_000);
  const text = `(module (memory 1) (func (export "run") ${fills}))`;
  const limits = { functionBytes: 2 ** 20, fuelPerCall: 30_000_000 };
  assert.equal(new Metered(text, limits).costOf('run'), 40_000 * 500 + 16);
  assert.equal(new Metered(text, { ...limits, fuelPerCall: 40_000 * 500 + 15 }).stops('run'), OUT_OF_FUEL);
});

test('calls that return one after the other, when nothing is left, do little more work', () => {
  const module = new Metered(
    `(module (global $depth (mut i32) (i32.const 200)) (global $works (mut i32) (i32.const 0))
      (func (export "works") (result i32) (global.get $works))
      (func $work (global.set $works (i32.add (global.get $works) (i32.const 1))))
      (func $down (export "run")
        (local i32) ${'(local.set 0 (i32.add (local.get 0) (i32.const 1)))'.repeat(10)}
        (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
        (if (global.get $depth) (then (call $down)))
        (block ${'(call $work)'.repeat(5_000)})))`,
  );
  assert.equal(module.stops('run'), OUT_OF_FUEL);
  const unitsOfWork = 8;
  assert.ok(module.call('works') * unitsOfWork < LIMITS.fuelPerCall + 200 * 1_024);
});

test('what would take the compilers of the engine very long or very much memory is refused', () => {
  const values = new Array<number>(900).fill(I32);
  const calls = (count: number): Uint8Array => {
    const [pushes, drops] = [values.flatMap(() => [0x41, 0]), values.map(() => 0x1a)];
    const run = [pushes, new Array<number[]>(count).fill([0x10, 0]).flat(), drops].flat();
    const same = body(...values.flatMap((_, at) => [0x20, ...leb(at)]));
    return moduleOf(
      section(1, vec(functionType(values, values), functionType([], []))),
      section(3, vec([0], [1])),
      section(10, [[2], same, leb(run.length + 2), [0], run, [END]].flat()),
    );
  };
  const blocks = (functions: number, count: number): Uint8Array => {
    const code = new Array<number[]>(count).fill([0x02, 0x40, 0x0b]).flat();
    const one = [leb(code.length + 5), [1], leb(400), [I32], code, [END]].flat();
    return moduleOf(
      section(1, vec(functionType([], []))),
      section(3, vec(...new Array<number[]>(functions).fill([0]))),
      section(10, [leb(functions), ...new Array<number[]>(functions).fill(one)].flat()),
    );
  };
  prepareModule(calls(10), LIMITS);
  refuses(() => prepareModule(calls(20), LIMITS), 'WASM_LIMIT', { limit: 'functionCompileWork', max: 1_000_000 });
  prepareModule(blocks(16, 2_490), LIMITS);
  refuses(() => prepareModule(blocks(1, 2_501), LIMITS), 'WASM_LIMIT', { limit: 'functionCompileWork' });
  refuses(() => prepareModule(blocks(17, 2_490), LIMITS), 'WASM_LIMIT', { limit: 'compileWork', max: 16_000_000 });
});

test('a module may have taken thousands of the names of the meter', () => {
  const names = Array.from(
    { length: 9_000 },
    (_, count) => `(export "gatehouse:take-fuel${"'".repeat(count)}" (func 0))`,
  );
  const module = new Metered(`(module (func) ${names.join(' ')})`, { moduleBytes: 2 ** 26 });
  assert.equal(module.prepared.meter.takeFuel.length, 'gatehouse:take-fuel'.length + 9_000);
});

test('a function that grows too much is refused as too large', () => {
  const grows = '(drop (memory.grow (i32.const 0)))'.repeat(20_000);
  assert.throws(
    () => new Metered(`(module (memory 1) (func ${grows}))`),
    (error: unknown) => error instanceof GatehouseError && error.code === 'WASM_LIMIT',
  );
});

test('NaNs that arithmetic made are canonical where they can be seen', () => {
  const module = new Metered(
    `(module (memory 1)
      (func (export "stored") (param f64) (result i32)
        (f64.store (i32.const 8) (f64.neg (f64.sub (local.get 0) (local.get 0))))
        (i32.load (i32.const 12)))
      (func (export "copied") (result i32)
        (i64.store (i32.const 16) (i64.const 0xfff4000000000001))
        (f64.store (i32.const 24) (f64.load (i32.const 16)))
        (i32.load (i32.const 28)))
      (func (export "sign") (param f64) (result f64)
        (f64.copysign (f64.const 1) (f64.neg (f64.div (local.get 0) (local.get 0)))))
      (func (export "lanes") (param f32) (result i32)
        (i32x4.extract_lane 2 (f32x4.div (f32x4.splat (local.get 0)) (f32x4.splat (local.get 0))))))`,
  );
  assert.equal(module.call('stored', Number.POSITIVE_INFINITY) >>> 0, 0x7ff8_0000);
  assert.equal(module.call('copied') >>> 0, 0xfff4_0000, 'bits that were there are kept');
  assert.equal(module.call('sign', 0), 1);
  assert.equal(module.call('lanes', 0) >>> 0, 0x7fc0_0000);
});

test('exports keep their names, and what is added has names of its own', () => {
  const module = new Metered(
    `(module (func (export "gatehouse:take-fuel") (result i32) (i32.const 7))
      (func (export "gatehouse:stop-reason") (result i32) (i32.const 8))
      (func (export "gatehouse:stop-reason'") (result i32) (i32.const 9)))`,
  );
  assert.equal(module.call('gatehouse:take-fuel'), 7);
  assert.equal(module.call('gatehouse:stop-reason'), 8);
  assert.equal(module.call("gatehouse:stop-reason'"), 9);
  assert.equal(module.stopReason, 0);
  assert.deepEqual(Object.keys(module.instance.exports).length, 5);
});

test('the place of a trap is found in the given module', () => {
  const text = `(module (func $inner (param i32) (result i32) (local i32)
      (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 1))) (br_if $l (i32.lt_u (local.get 1) (i32.const 9))))
      (i32.div_u (i32.const 1) (local.get 0)))
    (func (export "run") (param i32) (result i32) (call $inner (local.get 0))))`;
  const given = compileWat(text);
  const module = new Metered(text);
  let stack = '';
  try {
    module.call('run', 0);
  } catch (error) {
    stack = (error as Error).stack ?? '';
  }
  const offset = Number.parseInt(/wasm-function\[\d+\]:(0x[0-9a-f]+)/.exec(stack)?.[1] ?? '', 16);
  const original = originalOffset(module.prepared.offsets, offset);
  assert.equal(given[original ?? -1], 0x6e, 'the byte of i32.div_u');
});

test.run();
