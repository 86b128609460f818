import { describeNode, quote } from './node.ts';
import { type Decoded, type Fields, object, required } from './object-shape.ts';
import { oneOf } from './scalar-shapes.ts';
import type { Shape } from './shape.ts';
import { suggest } from './suggestion.ts';

type Variants = Readonly<Record<string, Fields>>;
type Union<V extends Variants> = {
  [K in keyof V]: { readonly type: K } & Decoded<V[K]>;
}[keyof V];

export interface TaggedOptions {
  readonly expected: string;
  /** Values of `type` that people write and we refuse, each with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  readonly text: string;
}

/** An object whose member `type` decides what else it has. */
export function tagged<V extends Variants>(variants: V, options: TaggedOptions): Shape<Union<V>> {
  const words = Object.keys(variants);
  const tag = oneOf(...words);
  const shapes = new Map(
    Object.entries(variants).map(([word, fields]) => [
      word,
      object({ type: required(oneOf(word), options.text), ...fields }),
    ]),
  );
  const schemas = [...shapes.values()].map((shape) => shape.schema);
  return {
    expected: options.expected,
    schema: schemas.length === 1 ? schemas[0]! : { oneOf: schemas },
    decode(node, place) {
      if (node.kind !== 'object') return place.mismatch(node, options.expected);
      const type = node.members.get('type')?.value;
      if (type === undefined) {
        return place.at('type', node.offset).refuse(node.offset, `"type" is missing; expected ${tag.expected}`);
      }
      const at = place.at('type', type.offset);
      if (type.kind !== 'string') return at.mismatch(type, tag.expected);
      const shape = shapes.get(type.value);
      if (shape !== undefined) return shape.decode(node, place) as Union<V> | undefined;
      const reason = Object.hasOwn(options.refused ?? {}, type.value) ? options.refused?.[type.value] : undefined;
      if (reason !== undefined) return at.refuse(type.offset, `${quote(type.value)} is not accepted: ${reason}`);
      return at.mismatch(type, tag.expected, suggest(type.value, words));
    },
  };
}

/** A text, or an object that says more. */
export function textOrObject<A, B>(whenText: Shape<A>, whenObject: Shape<B>): Shape<A | B> {
  const expected = `${whenText.expected} or ${whenObject.expected}`;
  return {
    expected,
    schema: { anyOf: [whenText.schema, whenObject.schema] },
    decode(node, place) {
      if (node.kind === 'string') return whenText.decode(node, place);
      if (node.kind === 'object') return whenObject.decode(node, place);
      return place.refuse(node.offset, `expected ${expected}, got ${describeNode(node)}`);
    },
  };
}
