import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadResult, loadDeployment } from '../../../../host/src/check/index.ts';
import type { Problem } from '../../../../host/src/errors.ts';
import { compileWat, guestWat, MESSAGE_IMPORTS } from '../../../lib/wat.ts';

/** Parts of a deployment; what is not given is empty. */
export interface DeploymentParts {
  readonly modules?: Readonly<Record<string, unknown>>;
  readonly routes?: Readonly<Record<string, unknown>>;
  /** Other members of `$edgeAgent`, such as devices. */
  readonly agent?: Readonly<Record<string, unknown>>;
  /** Files beside the deployment, by name; objects are written as JSON. */
  readonly files?: Readonly<Record<string, Uint8Array | string | object>>;
  /** The text of the deployment instead of modules and routes. */
  readonly text?: string | Uint8Array;
  /**
   * The gateway has only the settings that it is given. Otherwise it runs modules without signatures, and the warning that says
   * so is left out.
   */
  readonly asWritten?: boolean;
}

/** Writes a deployment into a folder of its own, loads it, and takes the folder away. */
export async function load(parts: DeploymentParts, gatewayFile?: string): Promise<LoadResult> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-check-'));
  try {
    const files = { 'deployment.json': parts.text ?? deploymentText(parts), ...parts.files };
    for (const [name, content] of Object.entries(
      parts.asWritten === true ? files : allowUnsigned(files, gatewayFile),
    )) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(
        file,
        typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
      );
    }
    const result = await loadDeployment(join(folder, 'deployment.json'), gatewayFile && join(folder, gatewayFile));
    const shorten = (text: string) => text.replaceAll(`${folder}/`, '');
    const told = result.problems.filter(({ path }) => parts.asWritten === true || path !== 'allowUnsigned');
    const problems = told.map((problem) => ({
      ...problem,
      file: shorten(problem.file),
      message: shorten(problem.message),
    }));
    return { ...result, problems };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Files = Readonly<Record<string, Uint8Array | string | object>>;

function allowUnsigned(files: Files, gatewayFile = 'gateway.json'): Files {
  const gateway = files[gatewayFile] ?? (gatewayFile === 'gateway.json' ? { deviceId: 'gateway' } : undefined);
  if (typeof gateway !== 'object' || gateway instanceof Uint8Array) return files;
  return { ...files, [gatewayFile]: { allowUnsigned: true, ...gateway } };
}

function deploymentText({ modules = {}, routes = {}, agent = {} }: DeploymentParts): string {
  const modulesContent = {
    $edgeAgent: { 'properties.desired': { schemaVersion: '1.1', modules, ...agent } },
    $edgeHub: { 'properties.desired': { schemaVersion: '1.1', routes } },
  };
  return JSON.stringify({ modulesContent }, undefined, 2);
}

/** A problem in one line: severity, code, path behind the usual beginning, module, sentence. */
export function brief({ severity, code, path, module, message }: Problem): string {
  const place = path
    .replace('modulesContent.$edgeAgent.properties.desired.', '')
    .replace('modulesContent.$edgeHub.properties.desired.', '');
  return `${severity} ${code} ${place}${module === undefined ? '' : ` (${module})`}: ${message}`;
}

export interface ModuleParts {
  readonly imports?: string;
  readonly pages?: number;
  readonly description?: object | string;
}

/** A module that follows the ABI, sends messages, and does nothing. */
export function moduleFile({ imports = MESSAGE_IMPORTS, pages, description }: ModuleParts = {}): Uint8Array {
  const wasm = compileWat(guestWat({ imports, handle: '(i32.const 0)', ...(pages === undefined ? {} : { pages }) }));
  return description === undefined ? wasm : withDescription(wasm, description);
}

/** The module with a custom section `gatehouse.manifest`. */
export function withDescription(wasm: Uint8Array, description: object | string): Uint8Array {
  const text =
    typeof description === 'string' ? description : JSON.stringify({ name: 'm', version: '1.0.0', ...description });
  const name = new TextEncoder().encode('gatehouse.manifest');
  const content = new TextEncoder().encode(text);
  const size = 1 + name.length + content.length;
  const header = [0, (size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14, name.length];
  return Uint8Array.from([...wasm, ...header, ...name, ...content]);
}

export const wasmModule = (settings: object = {}, image = 'm.wasm') => ({
  type: 'wasm',
  settings: { image, ...settings },
});
