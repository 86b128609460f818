const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether values in a JSON text are nested deeper than so many levels; looked at before anything that recurses gets to see them. */
export function isNestedDeeper(text: string, levels: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInString) {
      if (code === BACKSLASH) at++;
      else isInString = code !== QUOTE;
    } else if (code === QUOTE) isInString = true;
    else if (CLOSES.has(code)) depth--;
    else if (OPENS.has(code) && ++depth > levels) return true;
  }
  return false;
}
