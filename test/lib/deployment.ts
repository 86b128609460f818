import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestModule {
  readonly wasm?: Uint8Array;
  /** Settings beside the image: grants, limits, inputs, restartSchedule. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly desired?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A deployment with its module files in a folder of its own, which goes with `remove`. */
export interface TestDeployment {
  readonly folder: string;
  readonly deployment: string;
  readonly gateway: string;
  remove(): void;
}

export function writeDeployment(parts: {
  readonly modules: Readonly<Record<string, TestModule>>;
  readonly routes: Readonly<Record<string, string>>;
  /** Other members of `$edgeAgent`, such as devices. */
  readonly agent?: Readonly<Record<string, unknown>>;
  /** `allowUnsigned` is set unless it says otherwise. */
  readonly gateway: Readonly<Record<string, unknown>>;
}): TestDeployment {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  const modules: Record<string, unknown> = {};
  const twins: Record<string, unknown> = {};
  for (const [name, { wasm, settings, desired, env }] of Object.entries(parts.modules)) {
    if (wasm !== undefined) writeFileSync(join(folder, `${name}.wasm`), wasm);
    modules[name] = {
      version: '1.0.0',
      type: 'wasm',
      status: 'running',
      restartPolicy: 'always',
      ...(env === undefined
        ? {}
        : { env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, { value }])) }),
      settings: { image: `${name}.wasm`, ...settings },
    };
    if (desired !== undefined) twins[name] = { 'properties.desired': desired };
  }
  const manifest = {
    modulesContent: {
      $edgeAgent: {
        'properties.desired': {
          schemaVersion: '1.1',
          runtime: { type: 'wasm', settings: {} },
          systemModules: {},
          modules,
          ...parts.agent,
        },
      },
      $edgeHub: {
        'properties.desired': {
          schemaVersion: '1.1',
          routes: parts.routes,
          storeAndForwardConfiguration: { timeToLiveSecs: 7200 },
        },
      },
      ...twins,
    },
  };
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify(manifest, null, 2));
  writeFileSync(join(folder, 'gateway.json'), JSON.stringify({ allowUnsigned: true, ...parts.gateway }, null, 2));
  return {
    folder,
    deployment: join(folder, 'deployment.json'),
    gateway: join(folder, 'gateway.json'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
