import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NODE_BUILDS, openNode } from '../../lib/node-versions.ts';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';
import { CASES } from './cases/index.ts';
import { LeafBench, type NodeWords } from './leaf-case.ts';

const run = promisify(execFile);
const DOWNLOAD_MS = 360_000;
/** Set by `npm run test:arm64`: the host runs in an emulator, its peers do not. */
const isArm64 = process.env['GATEHOUSE_LEAF_DEVICES_ARM64'] === '1';
const emulator = isArm64 ? [TOOLS.qemuArm64] : [];
const test = suite(`the bundled host and leaf devices${isArm64 ? ' on arm64' : ''}`, { timeoutMs: 300_000 });

/** With few addresses the host starts `process.execPath` anew unless it has this option, which an emulator cannot. */
const NO_RESTART = '--disable-wasm-trap-handler';

async function openWords(): Promise<NodeWords> {
  return isArm64 ? [...(await openNode('arm64Node22')).command, NO_RESTART] : [process.execPath];
}

if (isArm64)
  test(
    'the emulated Node is one for arm64',
    async () => {
      const [program, ...args] = await openWords();
      const { stdout } = await run(program, [...args, '-p', 'process.arch + process.version']);
      assert.equal(stdout.trim(), `arm64v${NODE_BUILDS.arm64Node22.version}`);
    },
    { timeoutMs: DOWNLOAD_MS, needs: emulator },
  );

for (const leafCase of CASES) {
  const needs = [...emulator, ...leafCase.needs];
  test(leafCase.title, async () => LeafBench.run(await openWords(), leafCase), { needs });
}

test.run();
