import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Calls `body` with a fresh folder that holds the given files, and removes it afterwards. */
export async function withFolder(
  files: Readonly<Record<string, string>>,
  body: (root: string) => unknown,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-setup-'));
  try {
    for (const [path, text] of Object.entries(files)) write(root, path, text);
    await body(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

export function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Loads a file of the set-up, which is plain JavaScript without types; the caller says what it expects. */
export async function load<Exports>(file: string): Promise<Exports> {
  return (await import(new URL(`../../../../tools/setup/${file}`, import.meta.url).href)) as Exports;
}
