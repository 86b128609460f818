import type { ModuleStatus } from '../../../host/src/cell/status.ts';
import type { MethodResponse } from '../../../host/src/gateway/method-calls.ts';
import { TestGateway } from '../../lib/test-gateway.ts';
import { compileWat, FORWARD_WAT } from '../../lib/wat.ts';
import type { Attack } from './attack.ts';
import { ATTACKED_GATEWAY, attackModules, attackRoutes } from './attack-module.ts';
import { METRONOME_WAT, Metronome, NEIGHBOUR_INPUTS, NEIGHBOUR_ROUTES, NEIGHBOURS } from './metronome.ts';

const METHOD = 'attack';

/** A gateway with hostile modules in the same cell as two that handle a thousand messages a second. */
export class Arena {
  readonly host: TestGateway;
  readonly metronome: Metronome;

  private constructor(host: TestGateway) {
    this.host = host;
    this.metronome = new Metronome(host.gateway);
  }

  /** Starts the neighbours first, then the attackers. */
  static async open(attacks: readonly Attack[]): Promise<Arena> {
    const host = await TestGateway.open({
      modules: {
        metronome: { wasm: compileWat(METRONOME_WAT), settings: NEIGHBOUR_INPUTS.metronome },
        neighbour: { wasm: compileWat(FORWARD_WAT), settings: NEIGHBOUR_INPUTS.neighbour },
        ...attackModules(attacks),
      },
      routes: { ...NEIGHBOUR_ROUTES, ...attackRoutes(attacks) },
      gateway: ATTACKED_GATEWAY,
    });
    await Promise.all(NEIGHBOURS.map((id) => host.reaches(id, 'running')));
    return new Arena(host);
  }

  /** Sets a module off that runs; resolves with what it answers. */
  attack({ name, payload }: Attack): Promise<MethodResponse> {
    return this.host.gateway.invokeMethod(name, METHOD, payload).catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`);
    });
  }

  async statusOf(name: string): Promise<ModuleStatus> {
    const { modules } = await this.host.gateway.status();
    const found = modules.find(({ id }) => id === name);
    if (found === undefined) throw new Error(`there is no module ${name}`);
    return found;
  }

  async close(): Promise<void> {
    try {
      await this.metronome.stop();
    } finally {
      await this.host.close();
    }
    const lost = this.host.logs.filter(
      ({ code }) => code === 'CELL_LOST' || code === 'CELL_STUCK' || code === 'INTERNAL',
    );
    if (this.metronome.lost.length > 0)
      throw new Error(`messages of the neighbour are lost: ${this.metronome.lost[0]}`);
    if (lost.length > 0) throw new Error(`the gateway did not close in order: ${JSON.stringify(lost)}`);
  }
}
