import { PDU_AT, PREFIX_BYTES } from '../modbus/mbap.ts';
import { EXCEPTION_BIT, putU16 } from '../modbus/pdu.ts';
import { isBitTable, type Table } from '../modbus/register-range.ts';
import { EXCEPTION, type ExceptionCode } from './exception.ts';
import { type Identification, writeIdentification } from './identification.ts';
import { decodeServerRequest, type ServerRequest } from './server-request.ts';

/** Where values come from and writes go to; the server itself knows the protocol only. */
export interface Registers {
  read(table: Table, address: number, count: number): Uint16Array | ExceptionCode;
  /** Takes a write, as a whole or not at all; 0 when it was taken. */
  write(table: Table, code: number, address: number, values: Uint16Array, client: string): ExceptionCode | 0;
  /** Whether a write would be taken now; 0 if so. */
  mayWrite(table: Table, address: number, count: number, client: string): ExceptionCode | 0;
  /** What a holding register holds once all that was written to it has taken effect. */
  expected(address: number): number | { readonly exception: ExceptionCode };
}

const HOLDING = 3;
const ANSWER_MAX_BYTES = 260;

/** Answers the frames of clients, each within the call. */
export class RegisterServer {
  readonly #registers: Registers;
  readonly #unitIds: ReadonlySet<number>;
  readonly #identification: Identification;
  readonly #answer = new Uint8Array(ANSWER_MAX_BYTES);

  constructor(registers: Registers, unitIds: readonly number[], identification: Identification) {
    this.#registers = registers;
    this.#unitIds = new Set(unitIds);
    this.#identification = identification;
  }

  /**
   * The answer to a complete frame, and the exception that it is, or 0. The bytes are valid until the next call.
   *
   * @param client whose request it is, as in `10.0.0.7:50312`
   */
  answer(bytes: Uint8Array, at: number, length: number, client: string): { frame: Uint8Array; exception: number } {
    const code = bytes[at + PDU_AT]!;
    const result = this.#unitIds.has(bytes[at + PREFIX_BYTES]!)
      ? this.#handle(decodeServerRequest(bytes, at + PDU_AT, length - PDU_AT), bytes, at + PDU_AT, client)
      : EXCEPTION.noPath;
    const exception = typeof result === 'number' ? result : 0;
    const end = typeof result === 'number' ? this.#writeException(code, result) : result.end;
    this.#answer.set(bytes.subarray(at, at + 4), 0);
    putU16(this.#answer, 4, end - PREFIX_BYTES);
    this.#answer[PREFIX_BYTES] = bytes[at + PREFIX_BYTES]!;
    return { frame: this.#answer.subarray(0, end), exception };
  }

  #handle(
    request: ServerRequest | ExceptionCode,
    bytes: Uint8Array,
    at: number,
    client: string,
  ): { readonly end: number } | ExceptionCode {
    if (typeof request === 'number') return request;
    const code = bytes[at]!;
    switch (request.kind) {
      case 'read':
        return this.#read(code, request.table, request.address, request.count);
      case 'write':
        return (
          this.#registers.write(request.table, code, request.address, request.values, client) ||
          this.#echo(bytes, at, 5)
        );
      case 'mask':
        return this.#mask(request, client) || this.#echo(bytes, at, 7);
      case 'read-write':
        return this.#readWrite(request, client);
      case 'identify':
        return writeIdentification(this.#answer, PDU_AT, this.#identification, request);
      default:
        return request satisfies never;
    }
  }

  #read(code: number, table: Table, address: number, count: number): { readonly end: number } | ExceptionCode {
    const values = this.#registers.read(table, address, count);
    if (typeof values === 'number') return values;
    const answer = this.#answer;
    const dataBytes = isBitTable(table) ? (count + 7) >> 3 : 2 * count;
    answer[PDU_AT] = code;
    answer[PDU_AT + 1] = dataBytes;
    const data = PDU_AT + 2;
    if (isBitTable(table)) {
      answer.fill(0, data, data + dataBytes);
      for (let i = 0; i < count; i++) if (values[i] !== 0) answer[data + (i >> 3)]! |= 1 << (i & 7);
    } else for (let i = 0; i < count; i++) putU16(answer, data + 2 * i, values[i]!);
    return { end: data + dataBytes };
  }

  #mask({ address, and, or }: ServerRequest & { kind: 'mask' }, client: string): ExceptionCode | 0 {
    const refused = this.#registers.mayWrite(HOLDING, address, 1, client);
    if (refused !== 0) return refused;
    const current = this.#registers.expected(address);
    if (typeof current !== 'number') return current.exception;
    return this.#registers.write(HOLDING, 22, address, Uint16Array.of((current & and) | (or & ~and)), client);
  }

  /** The specification writes first; here the write takes effect when its module says so, and a read that fails keeps it from being made. */
  #readWrite(
    { read, write }: ServerRequest & { kind: 'read-write' },
    client: string,
  ): { readonly end: number } | ExceptionCode {
    const refused = this.#registers.mayWrite(HOLDING, write.address, write.values.length, client);
    if (refused !== 0) return refused;
    const answer = this.#read(23, HOLDING, read.address, read.count);
    return typeof answer === 'number'
      ? answer
      : this.#registers.write(HOLDING, 23, write.address, write.values, client) || answer;
  }

  /** Repeats what a write said in front of its values. */
  #echo(bytes: Uint8Array, at: number, length: number): { readonly end: number } {
    this.#answer.set(bytes.subarray(at, at + length), PDU_AT);
    return { end: PDU_AT + length };
  }

  #writeException(code: number, exception: number): number {
    this.#answer[PDU_AT] = code | EXCEPTION_BIT;
    this.#answer[PDU_AT + 1] = exception;
    return PDU_AT + 2;
  }
}
