import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/gatehouse-node/', import.meta.url));
const DOWNLOAD_MAX_MS = 300_000;

interface NodeBuild {
  readonly arch: 'x64' | 'arm64' | 'armv7l';
  readonly version: string;
  /** Of the package `node-linux-ARCH`, as npm states it. */
  readonly integrity: string;
}

/** The builds of Node that tests run programs with: every supported line, and the processors of gateways. */
export const NODE_BUILDS = {
  x64Node20: {
    arch: 'x64',
    version: '20.20.2',
    integrity: 'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
  },
  x64Node22: {
    arch: 'x64',
    version: '22.23.3',
    integrity: 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  },
  x64Node24: {
    arch: 'x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  arm64Node22: {
    arch: 'arm64',
    version: '22.23.3',
    integrity: 'sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==',
  },
  armv7Node20: {
    arch: 'armv7l',
    version: '20.11.0',
    integrity: 'sha512-pCMLAP35VPJjuaFFkZ8kN8xQmpjH/eBUiIznFyJROtzLpuXqV75xAB12Zloy6b45T0mgujHUAT4Jad9L2G9mYg==',
  },
} as const satisfies Record<string, NodeBuild>;

export type NodeBuildName = keyof typeof NODE_BUILDS;

/** Programs of qemu-user and the libraries they load, which builds for ARM need: `TOOLS.qemuArm64`, `TOOLS.qemuArmv7`. */
const EMULATORS = {
  x64: [],
  arm64: ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu'],
  armv7l: ['qemu-arm-static', '-L', '/usr/arm-linux-gnueabihf'],
} as const;

/** A Node to start programs with: the words of `command`, then Node's own arguments. */
export interface NodeProgram {
  readonly label: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Emulated: about ten times as slow, and `process.execPath` cannot be started from within. */
  readonly isEmulated: boolean;
}

/**
 * A build of Node, from npm the first time and kept below `node_modules`; on x64 it is the running Node itself where that is of
 * the same line. The builds are for Linux. A download takes 50 MB.
 */
export async function openNode(name: NodeBuildName): Promise<NodeProgram> {
  const build = NODE_BUILDS[name];
  const isOwn = isRunning(build);
  const path = isOwn ? process.execPath : await install(build);
  const [program, ...args] = [...EMULATORS[build.arch], path];
  const version = isOwn ? process.versions.node : build.version;
  return {
    label: `${build.arch} Node ${version}`,
    command: [program as string, ...args],
    isEmulated: build.arch !== 'x64',
  };
}

const majorOf = (version: string): string => version.slice(0, version.indexOf('.'));

function isRunning({ arch, version }: NodeBuild): boolean {
  if (process.platform !== 'linux' || process.arch !== arch) return false;
  return majorOf(version) === majorOf(process.versions.node);
}

async function install(build: NodeBuild): Promise<string> {
  if (process.platform !== 'linux') throw new Error('the builds of Node that tests use are for Linux');
  const folder = join(CACHE, `${build.arch}-${build.version}`);
  const program = join(folder, 'package/bin/node');
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const aside = mkdtempSync(join(CACHE, 'new-'));
  try {
    await download(build, aside);
    renameSync(aside, folder);
  } catch (error) {
    // A second process may have been faster; what it put there is the same.
    if (!existsSync(program)) throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return program;
}

async function download({ arch, version, integrity }: NodeBuild, folder: string): Promise<void> {
  const npm = ['pack', `node-linux-${arch}@${version}`, '--silent', '--ignore-scripts', '--prefer-offline'];
  await run('npm', [...npm, '--pack-destination', folder], { cwd: folder, timeout: DOWNLOAD_MAX_MS });
  const [archive] = readdirSync(folder);
  if (archive === undefined) throw new Error(`npm pack left no archive of node-linux-${arch}@${version}`);
  const digest = createHash('sha512')
    .update(readFileSync(join(folder, archive)))
    .digest('base64');
  if (`sha512-${digest}` !== integrity) throw new Error(`${archive} is not the build that this project knows`);
  await run('tar', ['-xzf', archive, 'package/bin/node'], { cwd: folder });
  rmSync(join(folder, archive));
}
