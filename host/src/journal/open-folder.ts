import { type Boot, isBootFile, readBoot, writeBoot } from './boot-file.ts';
import { CursorFile } from './cursor-file.ts';
import type { JournalEnvironment } from './environment.ts';
import { JournalTime } from './journal-time.ts';
import { MessageIds, type Used } from './message-ids.ts';
import { priorityOf } from './queue-folder.ts';
import { type Recovered, recoverQueue } from './recover-queue.ts';
import type { Storage } from './storage.ts';

/** What was found in the folder when it was opened. */
export interface Found {
  readonly boot: Boot | undefined;
  readonly isBootDamaged: boolean;
  readonly queues: ReadonlyMap<number, { readonly cursorFile: CursorFile; readonly recovered: Recovered }>;
  readonly strange: readonly string[];
}

/** What one start goes on with. */
export interface Opened {
  readonly found: Found;
  readonly ids: MessageIds;
  readonly time: JournalTime;
  readonly isBootSaved: boolean;
}

/** Reads what is in a folder, and chooses ids that were never used; never throws. */
export async function openFolder(storage: Storage, folder: string, environment: JournalEnvironment): Promise<Opened> {
  return goOn(await readFolder(storage, folder), storage, folder, environment);
}

async function readFolder(storage: Storage, folder: string): Promise<Found> {
  const { boot, isDamaged } = await readBoot(storage, folder);
  const names = await storage.readFolder(folder).catch(() => []);
  const queues = new Map<number, { cursorFile: CursorFile; recovered: Recovered }>();
  const strange: string[] = [];
  for (const name of names) {
    const priority = priorityOf(name);
    if (priority !== undefined) {
      const cursorFile = new CursorFile(storage, `${folder}/${name}`);
      const recovered = await recoverQueue(storage, `${folder}/${name}`, cursorFile, boot?.reservation.sequences);
      queues.set(priority, { cursorFile, recovered });
    } else if (!isBootFile(name)) strange.push(name);
  }
  return { boot, isBootDamaged: isDamaged, queues, strange };
}

/** Chooses ids that were never used, and makes sure that the next start does the same, before the first message comes. */
async function goOn(found: Found, storage: Storage, folder: string, environment: JournalEnvironment): Promise<Opened> {
  const { boot } = found;
  const recovered = [...found.queues.values()].map((queue) => queue.recovered);
  const time = new JournalTime(
    environment,
    boot?.anchor,
    Math.max(0, ...recovered.map(({ appendedAt }) => appendedAt)),
  );
  const random48 = () => environment.random48();
  const used = usedBy(boot, recovered);
  const { epoch, sequences } = used;
  const isKnown = boot !== undefined && epoch !== undefined && sequences !== undefined;
  const ids = isKnown ? MessageIds.goOn({ epoch, sequences }, random48) : MessageIds.leap(used, random48);
  try {
    await writeBoot(storage, folder, { reservation: ids.reservation, anchor: time.anchor() });
    return { found, ids, time, isBootSaved: true };
  } catch {
    return { found, ids: MessageIds.leap(used, random48), time, isBootSaved: false };
  }
}

/** What the files say. Without the boot file there may have been more. */
function usedBy(boot: Boot | undefined, recovered: readonly Recovered[]): Used {
  return {
    epoch: highest([boot?.reservation.epoch, ...recovered.map((queue) => queue.epoch)]),
    sequences: highest([
      boot?.reservation.sequences,
      ...recovered.map(({ sequence }) => (sequence === undefined ? undefined : sequence + 1)),
    ]),
  };
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
