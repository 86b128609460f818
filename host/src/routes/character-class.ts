const NAME_ENDS = new Set('()<>@,;:\\"/[]?={} \t\n\r');

/** Whether the character may be part of a name. Names end at white space and at ( ) < > @ , ; : \ " / [ ] ? = { } only. */
export const isNameCharacter = (character: string | undefined): boolean =>
  character !== undefined && !NAME_ENDS.has(character);

/** Names that begin with `$` may contain brackets as well, for places in the body. */
export const isPathCharacter = (character: string | undefined): boolean =>
  isNameCharacter(character) || character === '[' || character === ']';

export const isWhiteSpace = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const INVISIBLE = /[\u0000-\u001f\u007f-\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/;

/** Index of the first character that looks like white space or like nothing; text copied from a page may contain them. */
export const indexOfInvisible = (text: string): number => text.search(INVISIBLE);
