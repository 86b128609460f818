import { ByteReader } from './byte-reader.ts';
import { COSTS, costOf } from './instruction-costs.ts';
import { InstructionCursor } from './instruction-cursor.ts';
import type { BodySpan } from './module-contents.ts';
import { IMMEDIATE, OPCODE } from './opcodes.ts';
import type { FunctionPlan } from './plan-functions.ts';
import { isWayOut } from './survey-function.ts';

/** A place where fuel is taken, before the instruction at that offset of the given module. */
export interface ChargePoint {
  readonly at: number;
  cost: number;
  /** Whether the stack is checked too, because something that counts it may be called before the next point. */
  checksStack: boolean;
}

/** How much of the work behind branches is paid for in advance at a point before them. */
const ADVANCE_MAX = 32;

/** A point, or, without one, what the caller has paid for, and how much of the advance is used up. */
interface Account {
  readonly point: ChargePoint | undefined;
  advance: number;
}

interface Frame {
  readonly account: Account;
  readonly isDead: boolean;
}

/**
 * Decides where a function pays for its work, ascending by offset. Straight pieces of code between branches that cost little are paid
 * for at the last point before them that cannot be bypassed; a piece that costs more, and the first that calls, gets a point of its own,
 * and so does every loop. So each way around a loop and each way to a call pays at least once, before the work.
 */
export function findChargePoints(
  bytes: Uint8Array,
  body: BodySpan,
  plans: readonly FunctionPlan[],
  localsPrice: number,
): ChargePoint[] {
  return new ChargeFinder(bytes, body, plans).find(localsPrice);
}

class ChargeFinder {
  readonly #reader: ByteReader;
  readonly #cursor: InstructionCursor;
  readonly #plans: readonly FunctionPlan[];
  readonly #points: ChargePoint[] = [];
  readonly #frames: Frame[] = [];
  /** The last point that cannot be bypassed on the way here. */
  #account: Account = { point: undefined, advance: COSTS.entry };
  #isDead = false;
  // The straight piece of code at hand.
  #start: number;
  #cost = 0;
  #calls = false;
  #callsDeep = false;

  constructor(bytes: Uint8Array, { codeStart, end }: BodySpan, plans: readonly FunctionPlan[]) {
    this.#reader = new ByteReader(bytes);
    this.#reader.offset = codeStart;
    this.#reader.end = end;
    this.#cursor = new InstructionCursor(this.#reader);
    this.#plans = plans;
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
    this.#cost += costOf(opcode);
    if (shape === IMMEDIATE.block) {
      this.#settle();
      this.#open();
      if (opcode === OPCODE.loop) this.#startLoop();
    } else if (opcode === OPCODE.else || opcode === OPCODE.end) {
      this.#settle();
      this.#close(opcode === OPCODE.else);
    } else if (opcode === OPCODE.call) this.#call(this.#plans[cursor.first] as FunctionPlan);
    else if (opcode === OPCODE.callIndirect) this.#noteCall(COSTS.entry, true);
    else if (opcode === OPCODE.brIf) this.#settle();
    else if (isWayOut(opcode)) {
      this.#settle();
      this.#isDead = true;
    }
  }

  #call({ form, price, countsStack }: FunctionPlan): void {
    if (form === 'plain') this.#cost += price;
    else this.#noteCall(price, countsStack);
  }

  #noteCall(price: number, isDeep: boolean): void {
    this.#cost += price;
    this.#calls = true;
    if (isDeep) this.#callsDeep = true;
  }

  #open(): void {
    this.#frames.push({ account: this.#account, isDead: this.#isDead });
  }

  /** What comes behind the end of a block, or in its other arm, is reached without what was in it. */
  #close(isElse: boolean): void {
    const frame = this.#frames.at(-1) as Frame;
    this.#account = frame.account;
    this.#isDead = frame.isDead;
    if (!isElse) this.#frames.pop();
  }

  #startLoop(): void {
    if (this.#isDead) return;
    this.#account = this.#addPoint(this.#reader.offset, COSTS.loop, false);
  }

  #addPoint(at: number, cost: number, checksStack: boolean): Account {
    const point = { at, cost, checksStack };
    this.#points.push(point);
    return { point, advance: ADVANCE_MAX };
  }

  /** Ends the straight piece of code at hand: its cost goes to the last point, or it gets one of its own. */
  #settle(): void {
    if (!this.#isDead && (this.#cost > 0 || this.#calls)) this.#pay();
    this.#start = this.#reader.offset;
    this.#cost = 0;
    this.#calls = false;
    this.#callsDeep = false;
  }

  #pay(): void {
    const { point, advance } = this.#account;
    if (point !== undefined && point.at === this.#start) this.#addTo(point);
    else if (this.#cost <= advance && !(this.#calls && point === undefined)) {
      this.#account.advance -= this.#cost;
      if (point !== undefined) this.#addTo(point);
    } else this.#account = this.#addPoint(this.#start, this.#cost, this.#callsDeep);
  }

  #addTo(point: ChargePoint): void {
    point.cost += this.#cost;
    if (this.#callsDeep) point.checksStack = true;
  }
}
