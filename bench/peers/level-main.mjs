// Appends to classic-level in synced batches of 100, for the bench `journal`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { answerRuns } from './peer-main.mjs';

const BATCH = 100;

answerRuns(async ({ payloadBytes }) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-level-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const database = new ClassicLevel(folder, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  await database.open();
  const value = Buffer.alloc(payloadBytes, 'x');
  let sequence = 0;
  return async (ms) => {
    const before = sequence;
    const began = performance.now();
    let last = Promise.resolve();
    while (performance.now() - began < ms) {
      const batch = [];
      for (let n = 0; n < BATCH; n++) {
        const key = Buffer.allocUnsafe(8);
        key.writeBigUInt64BE(BigInt(sequence++));
        batch.push({ type: 'put', key, value });
      }
      const written = database.batch(batch, { sync: true });
      await last;
      last = written;
    }
    await last;
    return sequence - before;
  };
});
