export { tagged, textOrObject } from './choice-shapes.ts';
export { list, type NameRule, record } from './collection-shapes.ts';
export { type DecodedFile, decodeFile, FILE_CHARACTERS_MAX } from './decode-file.ts';
export { describeNode, type JsonNode, type JsonObjectNode, jsonObject, jsonValue, quote } from './node.ts';
export { type Decoded, type Fields, object, optional, required, unused, withDefault } from './object-shape.ts';
export { JSON_DEPTH_MAX, parseJson } from './parse.ts';
export { childPath } from './path.ts';
export { PROBLEMS_MAX, type ProblemAt, ProblemLog } from './problem-log.ts';
export {
  anyObject,
  anything,
  boolean,
  freeText,
  integer,
  number,
  oneOf,
  scalarText,
  type TextOptions,
  text,
} from './scalar-shapes.ts';
export { Place, refine, type Shape } from './shape.ts';
export { closestName, suggest, suggestOrList } from './suggestion.ts';
export type { JsonObject, JsonValue } from './value.ts';
