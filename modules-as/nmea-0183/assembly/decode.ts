import { decodeHdt, decodeVtg } from './decode-motion';
import { decodeGga, decodeGll, decodeRmc } from './decode-position';
import { decodeGsa, decodeGsv } from './decode-satellites';
import { decodeZda } from './decode-time';
import { decodeDbt, decodeDpt, decodeMtw } from './decode-water';
import { decodeMwv } from './decode-wind';
import { FieldReader } from './field-reader';
import { fieldsMin, SentenceType } from './sentence-type';
import { Sky } from './sky';
import { Values } from './values';

/** Decodes a sentence into values and satellites; `fields.isBad` says that it is not to be used. */
export function decode(fields: FieldReader, values: Values, sky: Sky): void {
  const type = <SentenceType>fields.sentence.type;
  fields.isBad = fields.sentence.fields < fieldsMin(type);
  values.clear();
  sky.clear();
  switch (type) {
    case SentenceType.GGA:
      return decodeGga(fields, values);
    case SentenceType.RMC:
      return decodeRmc(fields, values);
    case SentenceType.GLL:
      return decodeGll(fields, values);
    case SentenceType.VTG:
      return decodeVtg(fields, values);
    case SentenceType.GSA:
      return decodeGsa(fields, values, sky);
    case SentenceType.GSV:
      return decodeGsv(fields, values, sky);
    case SentenceType.ZDA:
      return decodeZda(fields, values);
    case SentenceType.HDT:
      return decodeHdt(fields, values);
    case SentenceType.DBT:
      return decodeDbt(fields, values);
    case SentenceType.DPT:
      return decodeDpt(fields, values);
    case SentenceType.MWV:
      return decodeMwv(fields, values);
    default:
      return decodeMtw(fields, values);
  }
}
