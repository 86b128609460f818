import { GatehouseError } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { NanSites, temporaryOf } from './canonical-nan.ts';
import { COSTS, costOf, costOfTargets, costOfValues } from './instruction-costs.ts';
import { InstructionCursor, NO_VALUE, ONE_VALUE } from './instruction-cursor.ts';
import type { BodySpan, ModuleContents } from './module-contents.ts';
import type { FunctionType } from './module-facts.ts';
import { IMMEDIATE, OPCODE } from './opcodes.ts';
import { popsOf, pushesOf } from './operand-counts.ts';
import { type LocalGroup, readLocals } from './read-locals.ts';
import type { ValueType } from './value-type.ts';

/** What has to be known of a function before any is rewritten. */
export interface FunctionSurvey {
  readonly locals: readonly LocalGroup[];
  readonly localCount: number;
  /** Functions called by their index, in the order of the code, each as often as it is called. */
  readonly callees: readonly number[];
  /** Types of functions called through tables. */
  readonly indirectTypes: ReadonlySet<number>;
  /** Units of fuel for every instruction and local once, calls included, what they call not. */
  readonly price: number;
  readonly hasLoop: boolean;
  /** Whether some instruction's work depends on its operands. */
  readonly hasBulk: boolean;
  /** Instructions of which the optimising compiler may keep something, over calls, for a second use. */
  readonly keepableCount: number;
  /** How much the compilers have to copy, see `docs/sandbox.md`: values at each place where ways part or meet. */
  readonly compileWork: number;
  /** Most operands on the stack at once, with the parameters and results of the largest call. */
  readonly operandMax: number;
  /** Types of the temporary locals that rewriting needs. */
  readonly temporaries: ReadonlySet<ValueType>;
}

/** A value of a call beyond the first eight takes the compilers about as long as so many copies. */
const CALL_VALUE_WORK = 32;

interface Frame {
  readonly height: number;
  readonly params: number;
  readonly results: number;
  readonly isDead: boolean;
}

/** Looks over the body of a function, which the engine has validated. Functions that it takes references of are `visited`. */
export function surveyFunction(
  bytes: Uint8Array,
  contents: ModuleContents,
  index: number,
  visibleGlobals: ReadonlyMap<number, 'f32' | 'f64'>,
): FunctionSurvey {
  return new Surveyor(bytes, contents, index, visibleGlobals).survey();
}

class Surveyor {
  readonly #contents: ModuleContents;
  readonly #body: BodySpan;
  readonly #reader: ByteReader;
  readonly #cursor: InstructionCursor;
  readonly #sites: NanSites;
  readonly #frames: Frame[] = [];
  readonly #callees: number[] = [];
  readonly #indirectTypes = new Set<number>();
  readonly #temporaries = new Set<ValueType>();
  readonly #results: number;
  readonly #params: number;
  #height = 0;
  #operandMax = 0;
  #outgoingMax = 0;
  #isDead = false;
  #price = 0;
  #instructions = 0;
  #keepableCount = 0;
  #compileWork = 0;
  #variables = 0;
  #hasLoop = false;
  #hasBulk = false;

  constructor(
    bytes: Uint8Array,
    contents: ModuleContents,
    index: number,
    visibleGlobals: ReadonlyMap<number, 'f32' | 'f64'>,
  ) {
    this.#contents = contents;
    this.#body = contents.bodies[index - contents.imported.functions] as BodySpan;
    this.#results = contents.functions[index]?.results.length ?? 0;
    this.#params = contents.functions[index]?.params.length ?? 0;
    this.#reader = new ByteReader(bytes);
    this.#reader.offset = this.#body.start;
    this.#reader.end = this.#body.end;
    this.#cursor = new InstructionCursor(this.#reader);
    this.#sites = new NanSites(visibleGlobals);
  }

  survey(): FunctionSurvey {
    const locals = readLocals(this.#reader);
    const localCount = locals.reduce((sum, { count }) => sum + count, 0);
    this.#variables = localCount + this.#params;
    this.#open(0, this.#results);
    while (this.#reader.offset < this.#body.end) this.#next();
    return {
      locals,
      localCount,
      callees: this.#callees,
      indirectTypes: this.#indirectTypes,
      price: this.#priceOfCode() + Math.ceil(localCount / 4) * COSTS.fourLocals,
      hasLoop: this.#hasLoop,
      hasBulk: this.#hasBulk,
      keepableCount: this.#keepableCount,
      compileWork: this.#compileWork,
      operandMax: this.#operandMax + this.#outgoingMax,
      temporaries: this.#temporaries,
    };
  }

  #next(): void {
    const cursor = this.#cursor;
    cursor.next();
    const { opcode } = cursor;
    this.#price += costOf(opcode);
    this.#instructions++;
    if (isKeepable(opcode)) this.#keepableCount++;
    this.#sites.next(opcode, cursor.first);
    const { before, after } = this.#sites;
    if (before !== undefined) this.#temporaries.add(temporaryOf(before));
    if (after !== undefined) this.#temporaries.add(temporaryOf(after));
    this.#noteControl(opcode);
  }

  #noteControl(opcode: number): void {
    const { shape, first } = this.#cursor;
    this.#take(popsOf(opcode));
    if (opcode === OPCODE.br || opcode === OPCODE.brIf || opcode === OPCODE.return) this.#part(1);
    else if (opcode === OPCODE.brTable) this.#branchTable(first);
    if (shape === IMMEDIATE.block) this.#openBlock(opcode, first);
    else if (opcode === OPCODE.else) this.#else();
    else if (opcode === OPCODE.end) this.#end();
    else if (isWayOut(opcode)) this.#die();
    else if (opcode === OPCODE.call) this.#call(first);
    else if (opcode === OPCODE.callIndirect) this.#callIndirect(first);
    else {
      if (opcode === OPCODE.refFunc)
        this.#contents.visitFunctionReference(first, this.#cursor.offset, this.#reader.offset);
      else if (isBulk(opcode)) this.#noteBulk();
      this.#leave(pushesOf(opcode));
    }
  }

  #priceOfCode(): number {
    return Math.max(this.#price, Math.ceil(this.#instructions / COSTS.instructionsPerUnit));
  }

  #branchTable(targets: number): void {
    this.#price += costOfTargets(targets);
    this.#part(targets + 1);
  }

  #noteBulk(): void {
    // Its charge is checked, which is a place where ways part.
    this.#part(1);
    this.#hasBulk = true;
    this.#temporaries.add('i32');
  }

  #call(callee: number): void {
    this.#callees.push(callee);
    this.#exchange(this.#contents.functions[callee] as FunctionType, 0);
  }

  #callIndirect(type: number): void {
    this.#indirectTypes.add(type);
    this.#temporaries.add('i32');
    this.#exchange(this.#contents.types[type] as FunctionType, 1);
  }

  #exchange(type: FunctionType, more: number): void {
    const { params, results } = type;
    this.#price += costOfValues(type, COSTS.callValue);
    this.#compileWork += costOfValues(type, CALL_VALUE_WORK);
    this.#take(params.length + more);
    this.#leave(results.length);
    this.#outgoingMax = Math.max(this.#outgoingMax, params.length + more + results.length);
  }

  #openBlock(opcode: number, type: number): void {
    if (opcode === OPCODE.loop) this.#hasLoop = true;
    const known = this.#contents.types[type] ?? { params: [], results: [] };
    const { params, results } = known;
    this.#price += costOfValues(known, COSTS.blockValue);
    const resultCount = type === NO_VALUE ? 0 : type === ONE_VALUE ? 1 : results.length;
    this.#take(params.length);
    this.#open(params.length, resultCount);
    this.#leave(params.length);
  }

  #open(params: number, results: number): void {
    this.#part(1);
    this.#compileWork += params + results;
    this.#frames.push({ height: this.#height, params, results, isDead: this.#isDead });
  }

  #else(): void {
    const frame = this.#frames.at(-1) as Frame;
    this.#check(frame);
    this.#height = frame.height + frame.params;
    this.#isDead = frame.isDead;
  }

  #end(): void {
    const frame = this.#frames.pop() as Frame;
    this.#check(frame);
    this.#height = frame.height;
    this.#isDead = frame.isDead;
    this.#leave(frame.results);
  }

  /** Counts what is copied where ways part. */
  #part(ways: number): void {
    this.#compileWork += ways * (this.#variables + this.#height);
  }

  /** What the tables say of operands must agree with what the engine has validated. */
  #check({ height, results }: Frame): void {
    if (this.#isDead || this.#height === height + results) return;
    throw new GatehouseError('INTERNAL', `the operands of a function are counted wrong at byte ${this.#cursor.offset}`);
  }

  #die(): void {
    this.#height = this.#frames.at(-1)?.height ?? 0;
    this.#isDead = true;
  }

  #take(count: number): void {
    this.#height -= count;
    const floor = this.#frames.at(-1)?.height ?? 0;
    if (this.#isDead && this.#height < floor) this.#height = floor;
  }

  #leave(count: number): void {
    this.#height += count;
    if (this.#height > this.#operandMax) this.#operandMax = this.#height;
  }
}

/** Whether what follows the instruction is reached only by a branch. */
export const isWayOut = (opcode: number): boolean =>
  opcode === OPCODE.br || opcode === OPCODE.brTable || opcode === OPCODE.return || opcode === OPCODE.unreachable;

/** Whether the compiler may keep something of what the instruction works out, such as its result or an address. */
const isKeepable = (opcode: number): boolean =>
  opcode === OPCODE.select ||
  opcode === OPCODE.callIndirect ||
  (opcode >= OPCODE.globalGet && !(opcode >= OPCODE.i32Const && opcode <= OPCODE.f64Const));

/** Whether the work of the instruction depends on an operand. */
export const isBulk = (opcode: number): boolean =>
  opcode === OPCODE.memoryGrow ||
  opcode === OPCODE.memoryInit ||
  opcode === OPCODE.memoryCopy ||
  opcode === OPCODE.memoryFill ||
  opcode === OPCODE.tableInit ||
  opcode === OPCODE.tableCopy ||
  opcode === OPCODE.tableGrow ||
  opcode === OPCODE.tableFill;
