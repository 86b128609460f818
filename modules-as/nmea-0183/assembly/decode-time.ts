import { FieldReader } from './field-reader';
import { Quantity } from './quantity';
import { Values } from './values';

//        0         1  2  3    4  5
// $--ZDA,hhmmss.ss,dd,mm,yyyy,zh,zm
/** The zone is passed on as it came, because devices do not agree on its sign; its minutes have the sign of its hours. */
export function decodeZda(fields: FieldReader, values: Values): void {
  const time = fields.timeOfDay(0);
  const day = fields.whole(1, 1, 31);
  const month = fields.whole(2, 1, 12);
  const year = fields.whole(3, 1980, 9999);
  values.set(Quantity.TimeOfDayMs, time);
  if (!isNaN(day + month + year)) values.set(Quantity.UtcMs, fields.midnight(<i32>year, <i32>month, <i32>day) + time);
  const zoneHours = fields.whole(4, -13, 13);
  const zoneMinutes = fields.whole(5, -59, 59);
  if (isNaN(zoneHours)) return;
  const isNegative = load<u8>(fields.sentence.at(4)) == 0x2d;
  const minutes = isNaN(zoneMinutes) ? 0 : Math.abs(zoneMinutes);
  values.set(Quantity.ZoneMin, zoneHours * 60 + (isNegative ? -minutes : minutes) + 0);
}
