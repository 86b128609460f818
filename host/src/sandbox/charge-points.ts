import { ByteReader } from './byte-reader.ts';
import { COSTS, costOf, costOfTargets, costOfValues } from './instruction-costs.ts';
import { InstructionCursor, NO_VALUE } from './instruction-cursor.ts';
import type { BodySpan, ModuleContents } from './module-contents.ts';
import type { FunctionType } from './module-facts.ts';
import { IMMEDIATE, OPCODE } from './opcodes.ts';
import type { FunctionPlan } from './plan-functions.ts';
import { isWayOut } from './survey-function.ts';

/** A place where fuel is taken, before the instruction at that offset of the given module. */
export interface ChargePoint {
  readonly at: number;
  cost: number;
  /** Whether the guest is stopped there if no fuel is left; elsewhere the next such point does it. */
  isChecked: boolean;
  /** Whether the stack is checked too, because something that counts it may be called before the next such point. */
  checksStack: boolean;
  /** Of a small loop that is written twice: the offset of its `end`. */
  doubledTo?: number;
}

/** What has to be known of the module that a function is in. */
export interface MeteredModule extends Pick<ModuleContents, 'types' | 'functions'> {
  readonly plans: readonly FunctionPlan[];
}

/** How much of the work behind branches is paid for in advance at a point before them. */
const ADVANCE_MAX = 32;
/** A piece that costs more is paid for in parts, so that every cost is a number of 31 bits with much to spare. */
const PIECE_MAX = 2 ** 24;
/**
 * Most that a function may take in all places that are not checked. Calls that return one after the other can each take as much once
 * nothing is left: much more than a thousand of them would do far more work than was granted, and leave a number of 32 bits.
 */
const UNCHECKED_MAX = 2 ** 10;
/** Longest body of a loop that is written twice, so that it pays once for two turns; in bytes. */
const DOUBLED_BYTES_MAX = 96;

/** A point, or, without one, what the caller has paid for, and how much of the advance is used up. */
interface Account {
  readonly point: ChargePoint | undefined;
  /** Whether the stack is checked at this point or one that it cannot be reached without. */
  checksStack: boolean;
  advance: number;
}

interface Frame {
  readonly account: Account;
  readonly isDead: boolean;
  /** Set for a loop that may be written twice: its point, and how many points there are up to it. */
  readonly loop?: { readonly point: ChargePoint; readonly points: number };
}

/**
 * Decides where a function pays for its work, ascending by offset. Straight pieces of code between branches that cost little are paid
 * for at the last point before them that cannot be bypassed; a piece that costs more, and the first that calls, gets a point of its own,
 * and so does every loop. So each way around a loop and each way to a call pays at least once, before the work. The first point on each
 * way through a function and each loop is checked; what is taken between two checks is bounded by `UNCHECKED_MAX`.
 */
export function findChargePoints(
  bytes: Uint8Array,
  body: BodySpan,
  module: MeteredModule,
  localsPrice: number,
): ChargePoint[] {
  return new ChargeFinder(bytes, body, module).find(localsPrice);
}

class ChargeFinder {
  readonly #reader: ByteReader;
  readonly #cursor: InstructionCursor;
  readonly #module: MeteredModule;
  readonly #points: ChargePoint[] = [];
  readonly #frames: Frame[] = [];
  /** The last point that cannot be bypassed on the way here. */
  #account: Account = { point: undefined, checksStack: false, advance: COSTS.entry };
  #isDead = false;
  #unchecked = 0;
  /** The offset before which no loop can be written twice: something stands there that must not. */
  #singleBefore = 0;
  // The straight piece of code at hand.
  #start: number;
  #cost = 0;
  #calls = false;
  #callsDeep = false;
  /** Instructions that are not in the cost of any piece yet. */
  #instructions = 0;

  constructor(bytes: Uint8Array, { codeStart, end }: BodySpan, module: MeteredModule) {
    this.#reader = new ByteReader(bytes);
    this.#reader.offset = codeStart;
    this.#reader.end = end;
    this.#cursor = new InstructionCursor(this.#reader);
    this.#module = module;
    this.#start = codeStart;
  }

  find(localsPrice: number): ChargePoint[] {
    this.#cost = localsPrice;
    this.#open();
    while (this.#reader.offset < this.#reader.end) this.#next();
    return this.#points.sort((a, b) => a.at - b.at);
  }

  #next(): void {
    const cursor = this.#cursor;
    cursor.next();
    const { opcode, shape } = cursor;
    this.#cost += costOf(opcode) + this.#costOfValues(opcode, shape);
    this.#instructions++;
    if (opcode === OPCODE.loop) this.#openLoop();
    else if (shape === IMMEDIATE.block) {
      this.#settle();
      this.#open();
    } else if (opcode === OPCODE.else || opcode === OPCODE.end) this.#close(opcode === OPCODE.else);
    else if (opcode === OPCODE.call) this.#call(this.#module.plans[cursor.first] as FunctionPlan);
    else if (opcode === OPCODE.callIndirect) this.#noteCall(COSTS.entry, true);
    else if (opcode === OPCODE.brIf) this.#settle();
    else if (isWayOut(opcode)) this.#leave(opcode);
    if (this.#cost > PIECE_MAX) this.#settle();
  }

  /** Calls and blocks with many parameters and results are more work, and tables of branches with many targets. */
  #costOfValues(opcode: number, shape: number): number {
    const { first } = this.#cursor;
    const { types, functions } = this.#module;
    if (shape === IMMEDIATE.block && first >= 0) return costOfValues(types[first] as FunctionType, COSTS.blockValue);
    if (opcode === OPCODE.call) return costOfValues(functions[first] as FunctionType, COSTS.callValue);
    if (opcode === OPCODE.callIndirect) return costOfValues(types[first] as FunctionType, COSTS.callValue);
    if (opcode === OPCODE.brTable) return costOfTargets(first);
    return 0;
  }

  #call({ form, price, countsStack }: FunctionPlan): void {
    if (form === 'plain') this.#cost += price;
    else this.#noteCall(price, countsStack);
  }

  #noteCall(price: number, isDeep: boolean): void {
    this.#cost += price;
    this.#calls = true;
    this.#singleBefore = this.#reader.offset;
    if (isDeep) this.#callsDeep = true;
  }

  #leave(opcode: number): void {
    if (opcode === OPCODE.brTable) this.#singleBefore = this.#reader.offset;
    this.#settle();
    this.#isDead = true;
  }

  #open(): void {
    this.#frames.push({ account: this.#account, isDead: this.#isDead });
  }

  #openLoop(): void {
    this.#settle();
    if (this.#isDead) {
      this.#open();
      return;
    }
    const before = this.#account;
    const checksStack = before.checksStack;
    const cost = COSTS.loop + this.#costOfTurn();
    this.#account = this.#addPoint({ at: this.#reader.offset, cost, isChecked: true, checksStack: false });
    this.#account.checksStack = checksStack;
    const { point } = this.#account;
    const loop =
      this.#cursor.first === NO_VALUE && point !== undefined ? { point, points: this.#points.length } : undefined;
    this.#frames.push({ account: before, isDead: false, ...(loop === undefined ? {} : { loop }) });
  }

  /** Every branch to a loop with many parameters moves them. */
  #costOfTurn(): number {
    const params = this.#module.types[this.#cursor.first]?.params ?? [];
    return costOfValues({ params, results: [] }, COSTS.blockValue);
  }

  /** What comes behind the end of a block, or in its other arm, is reached without what was in it. */
  #close(isElse: boolean): void {
    this.#settle();
    const frame = this.#frames.at(-1) as Frame;
    this.#account = frame.account;
    this.#isDead = frame.isDead;
    if (isElse) return;
    this.#frames.pop();
    if (frame.loop !== undefined) this.#doubleIfSmall(frame.loop);
  }

  /** Small loops without others in them, calls or further points are written twice. */
  #doubleIfSmall({ point, points }: { readonly point: ChargePoint; readonly points: number }): void {
    const end = this.#cursor.offset;
    if (this.#points.length > points || this.#singleBefore > point.at || end - point.at > DOUBLED_BYTES_MAX) return;
    point.doubledTo = end;
  }

  #addPoint(point: ChargePoint): Account {
    this.#points.push(point);
    return { point, advance: ADVANCE_MAX, checksStack: point.checksStack };
  }

  /** Ends the straight piece of code at hand: its cost goes to the last point, or it gets one of its own. */
  #settle(): void {
    this.#countInstructions();
    if (!this.#isDead && (this.#cost > 0 || this.#calls)) this.#pay();
    this.#start = this.#reader.offset;
    this.#cost = 0;
    this.#calls = false;
    this.#callsDeep = false;
  }

  /** Some instructions at least cost a unit. Those left over count in the next piece: cutting code into small ones gains nothing. */
  #countInstructions(): void {
    const missing = this.#isDead ? 0 : this.#instructions - COSTS.instructionsPerUnit * this.#cost;
    this.#instructions = missing > 0 ? missing % COSTS.instructionsPerUnit : 0;
    if (missing > 0) this.#cost += Math.floor(missing / COSTS.instructionsPerUnit);
  }

  #pay(): void {
    const account = this.#account;
    const { point, advance } = account;
    if (point !== undefined && point.at === this.#start) this.#addTo(point);
    else if (this.#cost <= advance && !(this.#calls && point === undefined)) {
      account.advance -= this.#cost;
      if (point !== undefined) this.#addTo(point);
    } else {
      const checksStack = this.#callsDeep && !account.checksStack;
      const most = this.#unchecked + this.#cost + ADVANCE_MAX;
      const isChecked = point === undefined || checksStack || most > UNCHECKED_MAX;
      if (!isChecked) this.#unchecked = most;
      this.#account = this.#addPoint({ at: this.#start, cost: this.#cost, isChecked, checksStack });
      this.#account.checksStack ||= account.checksStack;
    }
  }

  #addTo(point: ChargePoint): void {
    point.cost += this.#cost;
    if (!this.#callsDeep || this.#account.checksStack) return;
    point.isChecked = true;
    point.checksStack = true;
    this.#account.checksStack = true;
  }
}
