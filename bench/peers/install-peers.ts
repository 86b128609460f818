import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDER = new URL('./', import.meta.url);
const SET_UP = new URL('../../tools/setup/install.mjs', import.meta.url);

interface SetUp {
  isInstalled(root: string): boolean;
  install(root: string): Promise<void>;
}

/** Installs the peers beside this file, as the lock file says, unless they are there: nothing else of the project needs them. */
export async function installPeers(): Promise<void> {
  const root = fileURLToPath(FOLDER);
  const setUp = (await import(SET_UP.href)) as SetUp;
  if (!setUp.isInstalled(root)) await setUp.install(root);
}

/** Loads one of them. Its types are not there when ours are checked, so the caller says what it uses of it. */
export async function importPeer<T>(name: string): Promise<T> {
  const file = createRequire(new URL('package.json', FOLDER)).resolve(name);
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: T };
  return module.default ?? (module as T);
}
