import { ModbusReading, ModbusTable } from '@gatehouse/sdk';
import { numberText } from '../../parts/assembly/number-text';
import { Problems } from '../../parts/assembly/problems';
import { Section } from '../../parts/assembly/section';
import { Register } from './register';
import { ADDRESS, addressOf, rangeText, tableOf } from './register-address';
import { RegisterType, registerType, TYPE_NAMES } from './register-type';
import { ORDER_NAMES, wordOrder } from './word-order';

const REGISTERS_MAX: i32 = 128;

/** A register map that was read without a mistake. */
export class RegisterMap {
  readonly registers: Register[] = [];

  constructor(
    readonly device: string,
    readonly poll: string,
  ) {}

  /** Notes every register that the poll does not read; only a reading shows what a poll holds. */
  check(reading: ModbusReading, problems: Problems): void {
    for (let i = 0; i < this.registers.length; i++) {
      const register = this.registers[i];
      if (reading.block(register.table, register.address, register.words) !== null) continue;
      const place = 'registers.' + register.name + '.address';
      problems.addText(
        place,
        'registers of poll ' + this.poll + ': ' + ranges(reading),
        rangeText(register.table, register.address, register.words),
      );
    }
  }
}

/** Reads a map; mistakes go to the problems of the section. */
export function readRegisterMap(root: Section): RegisterMap {
  const map = new RegisterMap(root.name('device', ''), root.name('poll', ''));
  const list = root.section('registers');
  const count = list.value.length;
  if (count == 0 || count > REGISTERS_MAX) root.problem('registers', '1 to 128 registers');
  for (let member = list.value.members(); member.exists; member = member.next()) {
    const section = list.named(member);
    if (member.is('device') || member.is('time') || member.is('invalid')) {
      list.problem(member.key, 'a name other than device, time and invalid');
    }
    map.registers.push(readRegister(section, member.key));
  }
  root.done();
  return map;
}

function readRegister(section: Section, name: string): Register {
  const address = section.get('address').text();
  const register = new Register(name, tableOf(address), addressOf(address));
  if (register.table == 0 || register.address < 0) section.problem('address', ADDRESS);
  readType(section, register);
  register.scale = section.number('scale', -1e12, 1e12, 1);
  if (register.scale == 0) section.problem('scale', 'a number other than 0');
  register.offset = section.number('offset', -1e15, 1e15, 0);
  if (section.has('decimals')) register.decimals = section.whole('decimals', 0, 9, -1);
  else register.inferDecimals();
  if (section.has('invalid')) register.invalid = section.finite('invalid', NaN);
  if (section.has('unit')) register.unit = section.text('unit', '');
  if (register.address + register.words > 65_536)
    section.problem('address', 'room for ' + numberText(register.words) + ' words up to address 65535');
  section.done();
  return register;
}

/** Type, bit and word order: what fits what. */
function readType(section: Section, register: Register): void {
  const isBits = register.table == ModbusTable.Coil || register.table == ModbusTable.Discrete;
  let type = isBits ? RegisterType.bool : RegisterType.u16;
  if (section.has('type')) {
    const named = registerType(section.get('type').text());
    if (named < 0) section.problem('type', TYPE_NAMES);
    else if (isBits && named != RegisterType.bool) section.problem('type', 'bool for a coil or discrete input');
    else type = named;
  }
  register.type = type;
  if (section.has('bit')) {
    if (isBits || type != RegisterType.bool)
      section.problem('bit', 'no bit except for a bool in a holding or input register');
    else register.bit = section.whole('bit', 0, 15, -1);
  }
  if (section.has('wordOrder')) {
    const order = wordOrder(section.get('wordOrder').text());
    if (order < 0) section.problem('wordOrder', ORDER_NAMES);
    else if (isBits) section.problem('wordOrder', 'no word order for a coil or discrete input');
    else register.order = order;
  }
  if (type == RegisterType.bool) {
    if (section.has('scale')) section.problem('scale', 'no scale for a bool');
    if (section.has('offset')) section.problem('offset', 'no offset for a bool');
    if (section.has('decimals')) section.problem('decimals', 'no decimals for a bool');
  }
}

function ranges(reading: ModbusReading): string {
  let text = '';
  let block = reading.first;
  while (block !== null) {
    if (text.length > 0) text += ' ';
    text += rangeText(block.table, block.address, block.count);
    block = block.next(reading);
  }
  return text.length == 0 ? 'none' : text;
}
