import { decodeChecked, encodeChecked } from './checked-text.ts';
import type { Anchor } from './journal-time.ts';
import type { Reservation } from './message-ids.ts';
import { type Storage, systemCode, writeFully } from './storage.ts';

/** Name of the file in the folder of the journal. */
export const BOOT_FILE = 'boot';
const TEMPORARY_FILE = 'boot.new';
const READ_MAX = 65_536;

/** What one start of the gateway leaves to the next. */
export interface Boot {
  readonly reservation: Reservation;
  readonly anchor: Anchor;
}

/** Never throws: a file that cannot be read is as good as none, but says that it is damaged. */
export async function readBoot(storage: Storage, folder: string): Promise<{ boot?: Boot; isDamaged: boolean }> {
  try {
    const file = await storage.open(`${folder}/${BOOT_FILE}`, 'read');
    try {
      const bytes = Buffer.alloc(Math.min(READ_MAX, await file.size()));
      const content = decodeChecked(bytes.subarray(0, await file.read(bytes, 0)));
      return isBoot(content) ? { boot: content, isDamaged: false } : { isDamaged: true };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { isDamaged: systemCode(error) !== 'ENOENT' };
  }
}

/** When it ends, the next start finds this and nothing older, also after a power cut. Gives how many bytes it wrote. */
export async function writeBoot(storage: Storage, folder: string, boot: Boot): Promise<number> {
  const bytes = encodeChecked(boot);
  const temporary = `${folder}/${TEMPORARY_FILE}`;
  const file = await storage.open(temporary, 'update');
  try {
    await file.truncate(0);
    await writeFully(file, bytes, 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await storage.rename(temporary, `${folder}/${BOOT_FILE}`);
  await storage.syncFolder(folder);
  return bytes.byteLength;
}

/** Files of ours in the folder of the journal that are no queues. */
export const isBootFile = (name: string): boolean => name === BOOT_FILE || name === TEMPORARY_FILE;

/** Strict: we wrote it, so that anything else is damage. */
function isBoot(value: unknown): value is Boot {
  const { reservation, anchor } = (value ?? {}) as Partial<Boot>;
  const isCount = (count: unknown) => Number.isSafeInteger(count) && (count as number) >= 0;
  return (
    isCount(reservation?.epoch) &&
    isCount(reservation?.sequences) &&
    typeof anchor?.machineBoot === 'string' &&
    Number.isFinite(anchor.lineMs) &&
    Number.isFinite(anchor.monotonicMs) &&
    (anchor.wallMs === undefined || Number.isFinite(anchor.wallMs))
  );
}
