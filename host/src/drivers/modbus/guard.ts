import { STATUS } from '../../abi/constants.ts';
import { GatehouseError } from '../../errors.ts';
import { unknownName } from '../named-device.ts';
import type { RequestGuard } from '../request-guard.ts';
import { readAddressText } from './address-text.ts';
import type { FailSafe, ModbusGrant } from './grant.ts';
import { isBitTable, isWritable, type RegisterRange, type Table } from './register-range.ts';
import { IDENTIFY, READ_WRITE, tableWrittenBy } from './request.ts';
import {
  addressAt,
  countAt,
  functionAt,
  holdsName,
  isForDevice,
  isWellFormed,
  REQUEST_HEADER_BYTES,
  SUBSCRIBE,
  writtenAddressAt,
  writtenCountAt,
} from './request-codec.ts';

/** The registers of every poll, by device and name, as the gateway configuration declares them. */
export type ModbusFacts = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What a request may have at most, and what most answers have. */
const REQUEST_BYTES = 4_096;
const ANSWER_BYTES = 4_096;

/** Granted addresses of one table: first, end, first, end ..., ascending and apart, so that neighbours are one. */
export type Spans = Uint32Array;

interface DeviceRule {
  readonly name: Uint8Array;
  /** By table, 1 to 4. */
  readonly read: readonly Spans[];
  readonly write: readonly Spans[];
  readonly polls: readonly Uint8Array[];
  readonly identification: boolean;
}

/**
 * Compiles what a module is granted into the function that checks its requests in the cell.
 *
 * @throws GatehouseError GRANT_INVALID for an address that is none, GRANT_UNKNOWN_DEVICE for a device or poll that
 * the gateway does not have; `check` has found both before
 */
export function compileModbusGuard(grants: readonly ModbusGrant[], polls: ModbusFacts): RequestGuard {
  grants.forEach((grant, index) => {
    checkNames(grant, polls, `modbus[${index}]`);
  });
  const rules = [...new Set(grants.map((grant) => grant.device))].map((device) => compileRule(device, grants));
  return {
    requestBytes: REQUEST_BYTES,
    answerBytes: ANSWER_BYTES,
    judge(payload) {
      if (!isWellFormed(payload)) return STATUS.invalid;
      for (let i = 0; i < rules.length; i++) {
        const rule = rules[i]!;
        if (isForDevice(payload, rule.name)) return allows(rule, payload) ? STATUS.ok : STATUS.denied;
      }
      return STATUS.denied;
    },
    isSubscription: (payload) => functionAt(payload) === SUBSCRIBE,
  };
}

/** The range of a fail-safe write: one coil or holding register, and a value that fits it. */
export function failSafeRange(failSafe: FailSafe, path: string): RegisterRange {
  const range = writableRange(failSafe.address, `${path}.address`);
  if (range.count !== 1) throw invalid(`${path}.address`, 'one address', `"${failSafe.address}"`);
  const max = isBitTable(range.table) ? 1 : 65_535;
  if (!Number.isInteger(failSafe.value) || failSafe.value < 0 || failSafe.value > max) {
    throw invalid(`${path}.value`, `an integer from 0 to ${max}`, String(failSafe.value));
  }
  return range;
}

function allows(rule: DeviceRule, payload: Uint8Array): boolean {
  const code = functionAt(payload);
  const count = countAt(payload);
  if (code === SUBSCRIBE) {
    for (let i = 0; i < rule.polls.length; i++) {
      if (holdsName(payload, REQUEST_HEADER_BYTES, count, rule.polls[i]!)) return true;
    }
    return false;
  }
  if (code === IDENTIFY) return rule.identification;
  if (code <= 4) return contains(rule.read[code]!, addressAt(payload), count);
  if (code !== READ_WRITE) return contains(rule.write[tableWrittenBy(code)]!, addressAt(payload), count);
  return (
    contains(rule.read[3]!, addressAt(payload), count) &&
    contains(rule.write[3]!, writtenAddressAt(payload), writtenCountAt(payload))
  );
}

/** Whether all of `count` addresses from `address` on are in the spans. */
export function contains(spans: Spans, address: number, count: number): boolean {
  for (let i = 0; i < spans.length; i += 2) {
    if (address >= spans[i]! && address + count <= spans[i + 1]!) return true;
  }
  return false;
}

function compileRule(device: string, grants: readonly ModbusGrant[]): DeviceRule {
  const encoder = new TextEncoder();
  const read: RegisterRange[] = [];
  const write: RegisterRange[] = [];
  const polls = new Set<string>();
  grants.forEach((grant, index) => {
    if (grant.device !== device) return;
    const path = `modbus[${index}]`;
    grant.read.forEach((text, at) => {
      read.push(readAddressText(text, 'GRANT_INVALID', `${path}.read[${at}]`));
    });
    grant.write.forEach((text, at) => {
      write.push(writableRange(text, `${path}.write[${at}]`));
    });
    for (const poll of grant.poll) polls.add(poll);
    if (grant.failSafe !== undefined) failSafeRange(grant.failSafe, `${path}.failSafe`);
  });
  return {
    name: encoder.encode(device),
    read: spansByTable(read),
    write: spansByTable(write),
    polls: [...polls].map((poll) => encoder.encode(poll)),
    identification: grants.some((grant) => grant.device === device && grant.identification === true),
  };
}

/** The addresses of ranges, by table from 1. */
export function spansByTable(ranges: readonly RegisterRange[]): Spans[] {
  return [0, 1, 2, 3, 4].map((table) => spansOf(ranges.filter((range) => range.table === (table as Table))));
}

function spansOf(ranges: readonly RegisterRange[]): Spans {
  const ends: number[] = [];
  for (const { address, count } of [...ranges].sort((a, b) => a.address - b.address)) {
    const last = ends.at(-1);
    if (last !== undefined && address <= last) ends[ends.length - 1] = Math.max(last, address + count);
    else ends.push(address, address + count);
  }
  return Uint32Array.from(ends);
}

function writableRange(text: string, path: string): RegisterRange {
  const range = readAddressText(text, 'GRANT_INVALID', path);
  if (!isWritable(range.table)) throw invalid(path, 'coil or holding, which can be written', `"${text}"`);
  return range;
}

function checkNames(grant: ModbusGrant, polls: ModbusFacts, path: string): void {
  const known = Object.hasOwn(polls, grant.device) ? polls[grant.device]! : undefined;
  if (known === undefined) throw unknownName(`${path}.device`, `device "${grant.device}"`);
  const missing = grant.poll.findIndex((poll) => !Object.hasOwn(known, poll));
  if (missing >= 0) throw unknownName(`${path}.poll[${missing}]`, `poll "${grant.poll[missing]}" of "${grant.device}"`);
}

function invalid(path: string, expected: string, got: string): GatehouseError {
  return new GatehouseError('GRANT_INVALID', `${path}: expected ${expected}, got ${got}`, {
    details: { path, expected, got },
  });
}
