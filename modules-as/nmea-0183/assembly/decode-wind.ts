import { FieldReader } from './field-reader';
import { Quantity } from './quantity';
import { metresPerSecond } from './speed';
import { Values } from './values';

//        0   1 2   3 4
// $--MWV,x.x,a,x.x,a,A
/** Wind relative to the moving vessel (R), or true (T), as if it stood still; both angles are from the bow. */
export function decodeMwv(fields: FieldReader, values: Values): void {
  const angle = fields.number(0, 0, 360);
  const reference = fields.letter(1, 'RT');
  const speed = fields.number(2, 0, 1000);
  const unit = fields.letter(3, 'KMNS');
  const status = fields.letter(4, 'AV');
  if (reference == 0 || status == 0 || (!isNaN(speed) && unit == 0)) fields.isBad = true;
  values.set(Quantity.WindValid, status == 0x41 ? 1 : 0);
  if (status != 0x41) return;
  const isTrue = reference == 0x54;
  values.set(isTrue ? Quantity.WindAngleTrue : Quantity.WindAngleRelative, angle);
  values.set(isTrue ? Quantity.WindSpeedTrue : Quantity.WindSpeedRelative, metresPerSecond(speed, unit));
}
