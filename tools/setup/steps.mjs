import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './child.mjs';
import { buildHost, HOST_OUTPUTS } from './host-bundle.mjs';
import { buildTools, TOOLS_OUTPUTS } from './tools-bundle.mjs';

/**
 * What is built, in order. A step is up to date when none of its inputs changed in content since it last succeeded and all of its
 * outputs exist. Inputs are files or folders below the repository; folders named in `IGNORED` are not looked into.
 */
export const STEPS = [
  {
    name: 'host',
    title: 'bundling the host',
    inputs: ['host/src', 'host/package.json', 'package-lock.json', 'tools/setup/host-bundle.mjs'],
    outputs: () => HOST_OUTPUTS,
    run: buildHost,
  },
  {
    name: 'tools',
    title: 'bundling the tools',
    inputs: [
      'host/src',
      'tools/src/cli',
      'tools/src/module-build/write-atomically.ts',
      'tools/package.json',
      'package-lock.json',
      'tools/setup/host-bundle.mjs',
      'tools/setup/tools-bundle.mjs',
    ],
    outputs: () => TOOLS_OUTPUTS,
    run: buildTools,
  },
  {
    name: 'modules',
    title: 'building the modules',
    inputs: ['sdk', 'modules-as', 'asconfig.json', 'tools/src/module-build', 'package-lock.json'],
    outputs: (root) =>
      moduleNames(root).flatMap((name) => [`modules-as/build/${name}.wasm`, `modules-as/build/${name}.debug.wasm`]),
    run: (root) => runNode(root, ['--import', 'tsx', 'tools/src/module-build/modules.ts']),
  },
];

/** Folders that hold what builds made or what no build reads. */
export const IGNORED = new Set(['node_modules', 'dist', 'build', 'test', '.cache']);

function moduleNames(root) {
  return readdirSync(join(root, 'modules-as'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'modules-as', entry.name, 'module.json')))
    .map((entry) => entry.name);
}
