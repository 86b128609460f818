import { FieldReader } from './field-reader';
import { MODES, NOT_VALID } from './mode';
import { Quantity } from './quantity';
import { metresPerSecond } from './speed';
import { Values } from './values';

//        0         1       2 3        4 5 6  7   8   9 10  11 12  13
// $--GGA,hhmmss.ss,llll.ll,a,yyyyy.yy,a,x,xx,x.x,x.x,M,x.x,M,x.x,xxxx
export function decodeGga(fields: FieldReader, values: Values): void {
  values.set(Quantity.TimeOfDayMs, fields.timeOfDay(0));
  const quality = fields.whole(5, 0, 9);
  // The one field of the sentence that is never empty.
  if (isNaN(quality)) fields.isBad = true;
  values.set(Quantity.Quality, quality);
  values.set(Quantity.SatellitesUsed, fields.whole(6, 0, 99));
  const hdop = fields.number(7, 0, 1000);
  const altitude = fields.number(8, -20_000, 1_000_000);
  const separation = fields.number(10, -1000, 1000);
  fields.unit(9, 'M');
  fields.unit(11, 'M');
  readPosition(fields, 1, values, quality != 0);
  if (quality == 0) return;
  values.set(Quantity.Hdop, hdop);
  values.set(Quantity.Altitude, altitude);
  values.set(Quantity.GeoidSeparation, separation);
  values.set(Quantity.DifferentialAge, fields.number(12, 0, 1e6));
  values.set(Quantity.Station, fields.whole(13, 0, 9999));
}

//        0         1 2       3 4        5 6   7   8      9   10 11
// $--RMC,hhmmss.ss,A,llll.ll,a,yyyyy.yy,a,x.x,x.x,ddmmyy,x.x,a,m
export function decodeRmc(fields: FieldReader, values: Values): void {
  const time = fields.timeOfDay(0);
  values.set(Quantity.TimeOfDayMs, time);
  values.set(Quantity.UtcMs, fields.date(8) + time);
  const isValid = readStatus(fields, 1, 11, values);
  const speed = fields.number(6, 0, 100_000);
  const course = fields.number(7, 0, 360);
  const variation = readVariation(fields, 9);
  readPosition(fields, 2, values, isValid);
  if (!isValid) return;
  values.set(Quantity.Speed, metresPerSecond(speed, 0x4e));
  values.set(Quantity.Course, course);
  values.set(Quantity.Variation, variation);
}

//        0       1 2        3 4         5 6
// $--GLL,llll.ll,a,yyyyy.yy,a,hhmmss.ss,A,m
export function decodeGll(fields: FieldReader, values: Values): void {
  values.set(Quantity.TimeOfDayMs, fields.timeOfDay(4));
  const isValid = readStatus(fields, 5, 6, values);
  readPosition(fields, 0, values, isValid);
}

/** Status and mode: whether the sentence may be used. The mode came with edition 2.3; where it is N, there is no fix. */
function readStatus(fields: FieldReader, status: i32, mode: i32, values: Values): bool {
  const letter = fields.letter(status, 'AV');
  if (letter == 0) fields.isBad = true;
  const modeLetter = fields.letter(mode, MODES);
  values.setLetter(Quantity.Mode, modeLetter);
  const isValid = letter == 0x41 && modeLetter != NOT_VALID;
  values.set(Quantity.Valid, isValid ? 1 : 0);
  return isValid;
}

/** Latitude and longitude, both or none; checked also where the sentence says that they are not to be used. */
function readPosition(fields: FieldReader, field: i32, values: Values, isValid: bool): void {
  const latitude = fields.angle(field, 2, 'NS');
  const longitude = fields.angle(field + 2, 3, 'EW');
  if (isNaN(latitude) != isNaN(longitude)) fields.isBad = true;
  if (!isValid) return;
  values.set(Quantity.Latitude, latitude);
  values.set(Quantity.Longitude, longitude);
}

/** Magnetic variation, positive to the east. Some receivers send the letter without the number. */
function readVariation(fields: FieldReader, field: i32): f64 {
  const variation = fields.number(field, 0, 180);
  const letter = fields.letter(field + 1, 'EW');
  if (!isNaN(variation) && letter == 0) fields.isBad = true;
  return letter == 0x57 ? 0 - variation : variation;
}
