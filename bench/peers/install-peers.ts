import { fileURLToPath } from 'node:url';

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
