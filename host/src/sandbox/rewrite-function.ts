import { type GrowthCaps, writeBulkCharge } from './bulk-charge.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { type NanForm, NanSites, temporaryOf, writeCanonical } from './canonical-nan.ts';
import { type ChargePoint, findChargePoints, type MeteredModule } from './charge-points.ts';
import { COSTS } from './instruction-costs.ts';
import { InstructionCursor } from './instruction-cursor.ts';
import {
  EMPTY_BLOCK,
  type MeterIndices,
  writeCharge,
  writeI32,
  writeLocal,
  writeUncheckedCharge,
} from './meter-code.ts';
import type { BodySpan } from './module-contents.ts';
import type { FunctionType } from './module-facts.ts';
import type { OffsetMapBuilder } from './offset-map.ts';
import { IMMEDIATE, OPCODE } from './opcodes.ts';
import type { FunctionPlan } from './plan-functions.ts';
import { type FunctionSurvey, isBulk } from './survey-function.ts';
import { HIDDEN_PARAMS, type TypeTable } from './type-table.ts';
import { VALUE_TYPE_BYTES, type ValueType } from './value-type.ts';

/** What is the same for every function of a module. */
export interface RewriteContext {
  readonly bytes: Uint8Array;
  readonly module: MeteredModule;
  readonly types: TypeTable;
  readonly meter: MeterIndices;
  readonly caps: GrowthCaps;
  readonly visibleGlobals: ReadonlyMap<number, 'f32' | 'f64'>;
  readonly keepNans: boolean;
  /** The function to call in the place of one, and the one whose reference stands for it. */
  readonly callTarget: (index: number) => number;
  readonly referenceTarget: (index: number) => number;
}

/** A function to rewrite. */
export interface GivenFunction {
  readonly body: BodySpan;
  readonly type: FunctionType;
  readonly plan: FunctionPlan;
}

/** Writes the rewritten body of a function; `offsets` learns where its bytes come from, counted from the start of `to`. */
export function rewriteFunction(
  context: RewriteContext,
  given: GivenFunction,
  to: ByteWriter,
  offsets: OffsetMapBuilder,
): void {
  new FunctionRewriter(context, given, to, offsets).rewrite();
}

class FunctionRewriter {
  readonly #context: RewriteContext;
  readonly #given: GivenFunction;
  readonly #survey: FunctionSurvey;
  readonly #to: ByteWriter;
  readonly #offsets: OffsetMapBuilder;
  readonly #reader: ByteReader;
  readonly #cursor: InstructionCursor;
  readonly #sites: NanSites;
  readonly #temporaries = new Map<ValueType, number>();
  readonly #params: number;
  readonly #hidden: number;
  readonly #points: readonly ChargePoint[];
  #nextPoint = 0;
  /** Bytes before it are written. */
  #copiedTo: number;
  #depth = 0;
  /** The loop at hand if it is written twice: where its body starts, the depth in it, and labels that stand in between outside of it. */
  #doubled: { readonly start: number; readonly depth: number; shift: number } | undefined;

  constructor(context: RewriteContext, given: GivenFunction, to: ByteWriter, offsets: OffsetMapBuilder) {
    const { body, type, plan } = given;
    this.#context = context;
    this.#given = given;
    this.#survey = plan.survey as FunctionSurvey;
    this.#to = to;
    this.#offsets = offsets;
    this.#reader = new ByteReader(context.bytes);
    this.#reader.offset = body.codeStart;
    this.#reader.end = body.end;
    this.#cursor = new InstructionCursor(this.#reader);
    this.#sites = new NanSites(context.visibleGlobals);
    this.#params = type.params.length;
    this.#hidden = HIDDEN_PARAMS[plan.form];
    this.#copiedTo = body.codeStart;
    const localsPrice = Math.ceil(this.#survey.localCount / 4) * COSTS.fourLocals;
    this.#points = this.#hidden === 0 ? [] : findChargePoints(context.bytes, body, context.module, localsPrice);
  }

  rewrite(): void {
    this.#writeLocals();
    if (this.#hidden > 0) this.#writeProlog();
    const { end } = this.#given.body;
    while (this.#reader.offset < end) this.#next();
    this.#flush(end);
    if (this.#hidden === 0) return;
    writeLocal(this.#to, OPCODE.localGet, this.#fuel);
    this.#to.u8(OPCODE.end);
  }

  get #fuel(): number {
    return this.#params;
  }

  get #stack(): number {
    return this.#params + 1;
  }

  /** The given locals, then a temporary one of each type that is needed. */
  #writeLocals(): void {
    const { locals, localCount, temporaries } = this.#survey;
    const to = this.#to;
    to.u32(locals.length + temporaries.size);
    const write = (count: number, type: ValueType): void => {
      to.u32(count);
      to.u8(VALUE_TYPE_BYTES[type]);
    };
    for (const { count, type } of locals) write(count, type);
    let next = this.#params + this.#hidden + localCount;
    for (const type of temporaries) {
      write(1, type);
      this.#temporaries.set(type, next++);
    }
  }

  /** Counts the frame, and opens a block in the place of the function, so that branches out of it lead to the return of the fuel. */
  #writeProlog(): void {
    const { plan, type } = this.#given;
    const to = this.#to;
    if (plan.countsStack) {
      writeLocal(to, OPCODE.localGet, this.#stack);
      writeI32(to, plan.frameBytes);
      to.u8(OPCODE.i32Sub);
      writeLocal(to, OPCODE.localSet, this.#stack);
    }
    to.u8(OPCODE.block);
    const [first, ...more] = type.results;
    if (more.length > 0) to.s32(this.#context.types.indexOf({ params: [], results: type.results }));
    else to.u8(first === undefined ? 0x40 : VALUE_TYPE_BYTES[first]);
  }

  #next(): void {
    const cursor = this.#cursor;
    const point = this.#points[this.#nextPoint];
    if (point !== undefined && point.at === this.#reader.offset) this.#charge(point);
    cursor.next();
    const { opcode, shape } = cursor;
    this.#sites.next(opcode, cursor.first);
    if (shape === IMMEDIATE.block) {
      this.#depth++;
      if (opcode === OPCODE.loop) this.#loop();
      return;
    }
    if (shape === IMMEDIATE.end) {
      if (this.#depth === this.#doubled?.depth) this.#endDoubled(this.#doubled);
      else this.#depth--;
      return;
    }
    const { before, after } = this.#sites;
    if (before !== undefined) {
      this.#flush(cursor.offset);
      this.#canonical(before);
    }
    if (opcode <= 0xff) this.#rewriteShort(opcode);
    else this.#rewritePrefixed(opcode);
    if (after === undefined) return;
    this.#flush(this.#reader.offset);
    this.#canonical(after);
  }

  #rewriteShort(opcode: number): void {
    switch (opcode) {
      case OPCODE.localGet:
      case OPCODE.localSet:
      case OPCODE.localTee:
        this.#local(opcode);
        return;
      case OPCODE.call:
        this.#call();
        return;
      case OPCODE.callIndirect:
        this.#callIndirect();
        return;
      case OPCODE.br:
      case OPCODE.brIf:
        this.#branch(opcode);
        return;
      case OPCODE.return:
        if (this.#hidden > 0)
          this.#replace(() => writeLocal(this.#to, OPCODE.br, this.#depth + (this.#doubled?.shift ?? 0)));
        return;
      case OPCODE.refFunc:
        this.#referFunction();
        return;
      case OPCODE.memoryGrow:
        this.#bulk(0);
        return;
    }
  }

  /** Writes a small loop as `block loop charge block body br 2 end body end end`: one charge, two turns. */
  #loop(): void {
    const point = this.#points[this.#nextPoint];
    if (point?.doubledTo === undefined || point.at !== this.#reader.offset) return;
    const to = this.#to;
    this.#flush(this.#cursor.offset);
    this.#copiedTo = point.at;
    to.raw([OPCODE.block, EMPTY_BLOCK, OPCODE.loop, EMPTY_BLOCK]);
    this.#charge({ ...point, cost: 2 * point.cost });
    to.raw([OPCODE.block, EMPTY_BLOCK]);
    this.#doubled = { start: point.at, depth: this.#depth, shift: 2 };
  }

  /** At the `end` of such a loop, once behind each of its bodies. */
  #endDoubled(doubled: { readonly start: number; shift: number }): void {
    const to = this.#to;
    this.#flush(this.#cursor.offset);
    if (doubled.shift === 2) {
      to.raw([OPCODE.br, 2, OPCODE.end]);
      doubled.shift = 1;
      this.#reader.offset = doubled.start;
      this.#copiedTo = doubled.start;
      return;
    }
    to.u8(OPCODE.end);
    this.#doubled = undefined;
    this.#depth--;
  }

  /** Branches out of a loop that is written twice pass the labels that were added. */
  #branch(opcode: number): void {
    const doubled = this.#doubled;
    const { first } = this.#cursor;
    if (doubled === undefined || first <= this.#depth - doubled.depth) return;
    this.#replace(() => writeLocal(this.#to, opcode, first + doubled.shift));
  }

  #rewritePrefixed(opcode: number): void {
    if (!isBulk(opcode)) return;
    // Both `table.copy` and `table.init` are charged by entries alone.
    this.#bulk(this.#cursor.first);
  }

  /** Hidden parameters stand behind the given ones, so that locals move up. */
  #local(opcode: number): void {
    const { first } = this.#cursor;
    if (this.#hidden === 0 || first < this.#params) return;
    this.#replace(() => writeLocal(this.#to, opcode, first + this.#hidden));
  }

  #call(): void {
    const { first } = this.#cursor;
    const { module, callTarget } = this.#context;
    const { form } = module.plans[first] as FunctionPlan;
    if (form === 'plain') return;
    this.#replace(() => {
      this.#handOver(form === 'full');
      writeLocal(this.#to, OPCODE.call, callTarget(first));
      writeLocal(this.#to, OPCODE.localSet, this.#fuel);
    });
  }

  #callIndirect(): void {
    const { first: type, second: table } = this.#cursor;
    const to = this.#to;
    const temporary = this.#temporary('i32');
    this.#replace(() => {
      writeLocal(to, OPCODE.localSet, temporary);
      this.#handOver(true);
      writeLocal(to, OPCODE.localGet, temporary);
      writeLocal(to, OPCODE.callIndirect, this.#context.types.inForm(type, 'full'));
      to.u32(table);
      writeLocal(to, OPCODE.localSet, this.#fuel);
    });
  }

  /** Puts the hidden arguments of a call behind the given ones. Whoever does not count the stack calls nobody who does. */
  #handOver(withStack: boolean): void {
    writeLocal(this.#to, OPCODE.localGet, this.#fuel);
    if (!withStack) return;
    if (this.#given.plan.countsStack) writeLocal(this.#to, OPCODE.localGet, this.#stack);
    else writeI32(this.#to, 0);
  }

  #referFunction(): void {
    const { first } = this.#cursor;
    const target = this.#context.referenceTarget(first);
    if (target !== first) this.#replace(() => writeLocal(this.#to, OPCODE.refFunc, target));
  }

  #bulk(table: number): void {
    const { meter, caps } = this.#context;
    const { opcode, offset } = this.#cursor;
    this.#flush(offset);
    const at = { meter, caps, fuel: this.#fuel, temporary: this.#temporary('i32') };
    writeBulkCharge(this.#to, { opcode, table }, at);
  }

  #charge({ at, cost, isChecked, checksStack }: ChargePoint): void {
    this.#nextPoint++;
    this.#flush(at);
    const stack = checksStack ? this.#stack : undefined;
    if (isChecked) writeCharge(this.#to, this.#context.meter, this.#fuel, stack, cost);
    else writeUncheckedCharge(this.#to, this.#fuel, cost);
  }

  #canonical(form: NanForm): void {
    if (this.#context.keepNans) return;
    writeCanonical(this.#to, form, this.#temporary(temporaryOf(form)));
  }

  #temporary(type: ValueType): number {
    return this.#temporaries.get(type) as number;
  }

  /** Writes something in the place of the instruction at hand. */
  #replace(write: () => void): void {
    this.#flush(this.#cursor.offset);
    this.#offsets.add(this.#to.length, this.#cursor.offset);
    write();
    this.#copiedTo = this.#reader.offset;
  }

  /** Copies what is left of the given code up to `end`. */
  #flush(end: number): void {
    if (this.#copiedTo === end) return;
    this.#offsets.add(this.#to.length, this.#copiedTo);
    this.#to.copy(this.#context.bytes, this.#copiedTo, end);
    this.#copiedTo = end;
  }
}
