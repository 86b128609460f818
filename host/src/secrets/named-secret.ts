import { required, type Shape, text } from '../json/index.ts';
import { DEVICE_NAME } from '../manifest/name-rules.ts';

const EXPECTED = 'an object that names a secret of gateway.json, such as {"secret": "NAME"}';

/** The member `secret` of an object that names one. */
export const secretName = required(text({ ...DEVICE_NAME, secret: true }), 'Name of a secret in gateway.json.');

/** An object with `secretName` among its members. What stands in its place by mistake may be the secret itself, and is not repeated. */
export const namesSecret = <T>(shape: Shape<T>): Shape<T> => ({
  ...shape,
  expected: EXPECTED,
  decode: (node, place) =>
    node.kind === 'object'
      ? shape.decode(node, place)
      : place.refuse(node.offset, `expected ${EXPECTED}, got ${node.kind === 'string' ? 'a text' : 'something else'}`),
});
