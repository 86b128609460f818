import { spansByTable } from '../modbus/guard.ts';
import type { RegisterRange } from '../modbus/register-range.ts';
import type { ClientWrite } from './client-write.ts';
import { EXCEPTION, type ExceptionCode } from './exception.ts';

const NEVER = Number.NEGATIVE_INFINITY;
const NOTHING_WRITTEN = -1;

/** Neighbouring registers of one module, with what it has set. */
interface OfferedSpan {
  readonly module: string;
  readonly address: number;
  readonly end: number;
  readonly values: Uint16Array;
  /** Time of the clock at which each was set. */
  readonly setAt: Float64Array;
  /** What the module was told since that a client wrote there, or -1. */
  readonly written: Int32Array;
}

/**
 * The registers that modules offer to the clients of one server. Everything happens within a call, so that what one request of
 * a module sets is never told in part.
 */
export class OfferedRegisters {
  readonly #staleAfterMs: number;
  /** By table, ascending and apart. */
  readonly #spans: OfferedSpan[][] = [[], [], [], [], []];

  /** @param staleAfterMs age at which a value is not told any more; 0: none */
  constructor(staleAfterMs: number) {
    this.#staleAfterMs = staleAfterMs === 0 ? Number.POSITIVE_INFINITY : staleAfterMs;
  }

  /** Gives a module registers that no other module has. */
  add(module: string, ranges: readonly RegisterRange[]): void {
    for (const [table, ends] of spansByTable(ranges).entries()) {
      const spans = this.#spans[table]!;
      for (let i = 0; i < ends.length; i += 2) spans.push(emptySpan(module, ends[i]!, ends[i + 1]!));
      spans.sort((a, b) => a.address - b.address);
    }
  }

  /** Sets neighbouring values of one module; false if they are not all its own. */
  set(module: string, table: number, address: number, values: Uint16Array, now: number): boolean {
    const end = address + values.length;
    const span = this.#spans[table]!.find((one) => one.module === module && address >= one.address && end <= one.end);
    if (span === undefined) return false;
    const from = address - span.address;
    span.values.set(values, from);
    span.setAt.fill(now, from, from + values.length);
    span.written.fill(NOTHING_WRITTEN, from, from + values.length);
    return true;
  }

  /** Reads neighbouring values, of one module or several. */
  read(table: number, address: number, count: number, now: number): Uint16Array | ExceptionCode {
    const end = address + count;
    const values = new Uint16Array(count);
    let isFresh = true;
    let next = address;
    for (const span of this.#spans[table]!) {
      if (span.end <= next) continue;
      if (span.address > next || next === end) break;
      const from = next - span.address;
      const to = Math.min(end, span.end) - span.address;
      values.set(span.values.subarray(from, to), next - address);
      isFresh &&= this.#isFresh(span, from, to, now);
      next = span.address + to;
    }
    if (next < end) return EXCEPTION.illegalAddress;
    return isFresh ? values : EXCEPTION.noTarget;
  }

  /** What a register holds once all that its module was told has taken effect. */
  expected(table: number, address: number, now: number): number | { readonly exception: ExceptionCode } {
    const span = this.#spans[table]!.find((one) => address >= one.address && address < one.end);
    if (span === undefined) return { exception: EXCEPTION.illegalAddress };
    const at = address - span.address;
    if (!this.#isFresh(span, at, at + 1, now)) return { exception: EXCEPTION.noTarget };
    const written = span.written[at]!;
    return written === NOTHING_WRITTEN ? span.values[at]! : written;
  }

  /** Notes a write that its module was told, where it is offered as well. Clients do not read it before the module sets it. */
  taken({ table, address, values }: ClientWrite): void {
    for (const span of this.#spans[table]!) {
      const first = Math.max(address, span.address);
      const end = Math.min(address + values.length, span.end);
      for (let at = first; at < end; at++) span.written[at - span.address] = values[at - address]!;
    }
  }

  /** Forgets what a module has set: it is down. */
  forget(module: string): void {
    for (const span of this.#spans.flat()) {
      if (span.module !== module) continue;
      span.setAt.fill(NEVER);
      span.written.fill(NOTHING_WRITTEN);
    }
  }

  #isFresh({ setAt }: OfferedSpan, from: number, to: number, now: number): boolean {
    const oldest = now - this.#staleAfterMs;
    for (let at = from; at < to; at++) if (setAt[at] === NEVER || setAt[at]! < oldest) return false;
    return true;
  }
}

function emptySpan(module: string, address: number, end: number): OfferedSpan {
  const count = end - address;
  return {
    ...{ module, address, end, values: new Uint16Array(count) },
    setAt: new Float64Array(count).fill(NEVER),
    written: new Int32Array(count).fill(NOTHING_WRITTEN),
  };
}
