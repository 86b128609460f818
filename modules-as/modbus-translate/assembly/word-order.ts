/** Bit 0: the word at the lowest address is the least significant. Bit 1: the two bytes of each word are swapped. */
export const enum WordOrder {
  ABCD = 0,
  CDAB = 1,
  BADC = 2,
  DCBA = 3,
}

export const ORDER_NAMES = 'big, little, ABCD, CDAB, BADC or DCBA';

/** The order of that name, or -1. `big` is ABCD and `little` is CDAB: they order words and leave bytes as Modbus has them. */
export function wordOrder(name: string): i32 {
  if (name == 'big' || name == 'ABCD') return WordOrder.ABCD;
  if (name == 'little' || name == 'CDAB') return WordOrder.CDAB;
  if (name == 'BADC') return WordOrder.BADC;
  if (name == 'DCBA') return WordOrder.DCBA;
  return -1;
}
