import { FieldReader } from './field-reader';
import { MODES, NOT_VALID } from './mode';
import { Quantity } from './quantity';
import { metresPerSecond } from './speed';
import { Values } from './values';

//        0   1 2   3 4   5 6   7 8
// $--VTG,x.x,T,x.x,M,x.x,N,x.x,K,m
/** Course and speed. In the form before edition 3.0 the four numbers stand without letters between them. */
export function decodeVtg(fields: FieldReader, values: Values): void {
  const isNew = !fields.isEmpty(1) ? load<u8>(fields.sentence.at(1)) == 0x54 : fields.sentence.fields >= 8;
  const step = isNew ? 2 : 1;
  if (isNew) {
    if (fields.sentence.fields < 8) fields.isBad = true;
    fields.unit(1, 'T');
    fields.unit(3, 'M');
    fields.unit(5, 'N');
    fields.unit(7, 'K');
  }
  const course = fields.number(0, 0, 360);
  const magnetic = fields.number(step, 0, 360);
  const knots = fields.number(step * 2, 0, 100_000);
  const kilometres = fields.number(step * 3, 0, 200_000);
  const mode = isNew ? fields.letter(8, MODES) : 0;
  values.setLetter(Quantity.Mode, mode);
  if (mode == NOT_VALID) return;
  values.set(Quantity.Course, course);
  values.set(Quantity.CourseMagnetic, magnetic);
  values.set(Quantity.Speed, isNaN(knots) ? metresPerSecond(kilometres, 0x4b) : metresPerSecond(knots, 0x4e));
}

//        0   1
// $--HDT,x.x,T
export function decodeHdt(fields: FieldReader, values: Values): void {
  values.set(Quantity.Heading, fields.number(0, 0, 360));
  fields.unit(1, 'T');
}
