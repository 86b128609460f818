import { FieldReader } from './field-reader';
import { Quantity } from './quantity';
import { Satellite, Sky } from './sky';
import { Values } from './values';

/** Places for satellites in a GSA sentence. */
const GSA_SATELLITES: i32 = 12;
/** Fields of a satellite in a GSV sentence. */
const GSV_STEP: i32 = 4;

//        0 1 2 ... 13 14  15  16  17
// $--GSA,a,x,x,...,x, x.x,x.x,x.x,h
/** How the fix is made, and from which satellites. The system came with edition 4.1. */
export function decodeGsa(fields: FieldReader, values: Values, sky: Sky): void {
  values.setLetter(Quantity.Selection, fields.letter(0, 'AM'));
  const mode = fields.whole(1, 1, 3);
  if (isNaN(mode)) fields.isBad = true;
  values.set(Quantity.FixMode, mode);
  for (let field = 2; field < 2 + GSA_SATELLITES; field++) {
    const id = fields.whole(field, 0, 999);
    // Some receivers fill the places that are free with zeros.
    if (id > 0) sky.used.push(id);
  }
  values.set(Quantity.System, fields.hex(17));
  if (mode == 1) return;
  values.set(Quantity.Pdop, fields.number(14, 0, 1000));
  values.set(Quantity.Hdop, fields.number(15, 0, 1000));
  values.set(Quantity.Vdop, fields.number(16, 0, 1000));
}

//        0 1 2  3  4  5   6       n
// $--GSV,x,x,xx,xx,xx,xxx,xx,...,h
/** One part of the satellites in view, up to four of them. A field that is left over at the end is the signal of edition 4.1. */
export function decodeGsv(fields: FieldReader, values: Values, sky: Sky): void {
  const parts = fields.whole(0, 1, 9);
  const part = fields.whole(1, 1, 9);
  const inView = fields.whole(2, 0, 99);
  // Written so that NaN is refused too.
  if (!(part <= parts && inView >= 0)) fields.isBad = true;
  else sky.place(<i32>part, <i32>parts);
  values.set(Quantity.SatellitesInView, inView);
  const rest = fields.sentence.fields - 3;
  if (rest % GSV_STEP > 1) fields.isBad = true;
  if (rest % GSV_STEP == 1) values.set(Quantity.Signal, fields.hex(fields.sentence.fields - 1));
  for (let at = 3; at + GSV_STEP <= fields.sentence.fields; at += GSV_STEP) {
    const id = fields.whole(at, 0, 999);
    const elevation = fields.whole(at + 1, -90, 90);
    const azimuth = fields.whole(at + 2, 0, 360);
    const ratio = fields.whole(at + 3, 0, 99);
    if (!isNaN(id)) sky.inView.push(new Satellite(id, elevation, azimuth, ratio));
  }
}
