import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../../lib/suite.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const HOST_COMMAND = join(ROOT, 'host/dist/gatehouse-host.js');
export const TOOLS_COMMAND = join(ROOT, 'tools/dist/gatehouse.js');
export const BUILT_MODULES = join(ROOT, 'modules-as/build');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own in which the built commands run. */
export class CommandFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'gatehouse-signatures-'));

  file(name: string): string {
    return join(this.path, name);
  }

  gatehouse(args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
    return this.#spawn(process.execPath, [TOOLS_COMMAND, ...args], env);
  }

  /** As `gatehouse`, of which is expected that it succeeds; gives what it printed. */
  gatehouseDone(...args: readonly string[]): string {
    const { code, stdout, stderr } = this.gatehouse(args);
    assert.equal(code, 0, `gatehouse ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  python(program: string, args: readonly string[]): Outcome {
    return this.#spawn('python3', [program, ...args]);
  }

  /** Runs a script in which `gatehouse` and `gatehouse-host` are the built commands. */
  bash(script: string): Outcome {
    return this.#spawn('bash', ['-euc', script], this.shellEnvironment());
  }

  shellEnvironment(): Record<string, string> {
    const bin = this.file('.bin');
    mkdirSync(bin, { recursive: true });
    for (const [name, program] of [
      ['gatehouse', TOOLS_COMMAND],
      ['gatehouse-host', HOST_COMMAND],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    return { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #spawn(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
    const { status, stdout, stderr, error } = spawnSync(program, [...args], {
      cwd: this.path,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      timeout: 30_000,
    });
    if (error !== undefined) throw error;
    return { code: status, stdout, stderr };
  }
}
