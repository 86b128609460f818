import type { GrantConflict, GrantOfModule } from '../description.ts';
import type { RegisterRange } from '../modbus/register-range.ts';
import type { ModbusServerGrant } from './grant.ts';
import { type GrantMember, overlap, rangesOf } from './grant-ranges.ts';

interface Owned {
  readonly module: string;
  readonly range: RegisterRange;
  readonly text: string;
}

const MEMBERS: readonly GrantMember[] = ['offer', 'accept'];

/** Registers of one server that two modules would own: which of their values a client reads, or who is told, is then up to chance. */
export function grantConflicts(grants: readonly GrantOfModule<ModbusServerGrant>[]): GrantConflict[] {
  const owned = new Map<string, Owned[]>();
  const conflicts: GrantConflict[] = [];
  for (const { module, index, grant } of grants) {
    const others = owned.get(grant.device) ?? [];
    const own = MEMBERS.flatMap((member) =>
      rangesOf(grant, member).map((range, at) => ({ module, range, text: grant[member][at]!, member, at })),
    );
    for (const { range, text, member, at } of own) {
      const other = others.find((candidate) => candidate.module !== module && overlap(candidate.range, range));
      if (other === undefined) continue;
      const message = `"${text}" belongs to the module "${other.module}" already, as "${other.text}"`;
      conflicts.push({ module, index, member: `${member}[${at}]`, message });
    }
    owned.set(grant.device, [...others, ...own]);
  }
  return conflicts;
}
