import { readFileSync } from 'node:fs';

/**
 * The JSON values in a fenced block of a module's README that is marked by a word, such as ` ```json settings `: one value, or one a
 * line. So that what a README shows is what a test ran.
 */
export function readmeExample(module: string, mark: string): unknown[] {
  const text = readFileSync(new URL(`../${module}/README.md`, import.meta.url), 'utf8');
  const match = new RegExp(`^\`\`\`json ${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text);
  if (match === null) throw new Error(`README of ${module} has no block "json ${mark}"`);
  const content = match[1]!;
  try {
    return [JSON.parse(content)];
  } catch {
    return content
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }
}

/** The size that the README of a module states, in bytes. */
export function readmeSize(module: string): number {
  const text = readFileSync(new URL(`../${module}/README.md`, import.meta.url), 'utf8');
  const match = /at most ([0-9,]+) bytes/.exec(text);
  if (match === null) throw new Error(`README of ${module} states no size`);
  return Number(match[1]!.replaceAll(',', ''));
}
