/** Characters that could end a line, move the cursor of a terminal, or make text look as if it were in another order. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A text of a stranger as one line that a person can read: nothing in it can forge another line or hide a part of it. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
