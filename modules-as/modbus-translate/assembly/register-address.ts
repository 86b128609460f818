import { ModbusTable } from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';

export const ADDRESS = 'coil:N, discrete:N, holding:N or input:N, N from 0 to 65535';

/** The table that an address text names, or 0. */
export function tableOf(text: string): i32 {
  if (text.startsWith('coil:')) return ModbusTable.Coil;
  if (text.startsWith('discrete:')) return ModbusTable.Discrete;
  if (text.startsWith('holding:')) return ModbusTable.Holding;
  return text.startsWith('input:') ? ModbusTable.Input : 0;
}

/** The number behind the colon of an address text, or -1. */
export function addressOf(text: string): i32 {
  const digits = text.substring(text.indexOf(':') + 1);
  if (digits.length == 0 || digits.length > 5) return -1;
  let address = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    address = address * 10 + digit;
  }
  return address <= 65_535 ? address : -1;
}

/** The text form of a range, for a person: `input:0-13`. */
export function rangeText(table: i32, address: i32, count: i32): string {
  const name =
    table == ModbusTable.Coil
      ? 'coil'
      : table == ModbusTable.Discrete
        ? 'discrete'
        : table == ModbusTable.Holding
          ? 'holding'
          : 'input';
  const start = name + ':' + numberText(address);
  return count > 1 ? start + '-' + numberText(address + count - 1) : start;
}
