import { FieldReader, rounded } from './field-reader';
import { Quantity } from './quantity';
import { Values } from './values';

const METRES_PER_FOOT: f64 = 0.3048;
const METRES_PER_FATHOM: f64 = 1.8288;

//        0   1 2   3 4   5
// $--DBT,x.x,f,x.x,M,x.x,F
/** Depth below the transducer; sensors may give one of the three units only. */
export function decodeDbt(fields: FieldReader, values: Values): void {
  const feet = fields.number(0, 0, 100_000);
  const metres = fields.number(2, 0, 100_000);
  const fathoms = fields.number(4, 0, 100_000);
  fields.unit(1, 'f');
  fields.unit(3, 'M');
  fields.unit(5, 'F');
  let depth = metres;
  if (isNaN(depth)) depth = rounded(feet * METRES_PER_FOOT, 1000);
  if (isNaN(depth)) depth = rounded(fathoms * METRES_PER_FATHOM, 1000);
  values.set(Quantity.Depth, depth);
}

//        0   1   2
// $--DPT,x.x,x.x,x.x
/** Depth below the transducer. The offset leads to the water line where it is positive, to the keel where it is negative. */
export function decodeDpt(fields: FieldReader, values: Values): void {
  values.set(Quantity.Depth, fields.number(0, 0, 100_000));
  values.set(Quantity.TransducerOffset, fields.number(1, -1000, 1000));
  values.set(Quantity.DepthRange, fields.number(2, 0, 100_000));
}

//        0   1
// $--MTW,x.x,C
export function decodeMtw(fields: FieldReader, values: Values): void {
  values.set(Quantity.WaterTemperature, fields.number(0, -100, 200));
  fields.unit(1, 'C');
}
