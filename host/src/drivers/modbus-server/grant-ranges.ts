import { readAddressText } from '../modbus/address-text.ts';
import type { RegisterRange } from '../modbus/register-range.ts';
import type { ModbusServerGrant } from './grant.ts';

export type GrantMember = 'offer' | 'accept';

/** The ranges of one member of a grant, whose texts were checked when it was decoded. */
export const rangesOf = (grant: ModbusServerGrant, member: GrantMember): RegisterRange[] =>
  grant[member].map((text, index) => readAddressText(text, 'GRANT_INVALID', `modbus-server.${member}[${index}]`));

export const overlap = (a: RegisterRange, b: RegisterRange): boolean =>
  a.table === b.table && a.address < b.address + b.count && b.address < a.address + a.count;
