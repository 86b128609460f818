// Writes docs/schema from the decoders: node --import tsx test/unit/docs/write-schemas.ts && npx biome check --write docs/schema
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JSON_SCHEMAS } from '../../../host/src/manifest/json-schemas.ts';

for (const [name, schema] of Object.entries(JSON_SCHEMAS)) {
  const file = fileURLToPath(new URL(`../../../docs/schema/${name}`, import.meta.url));
  writeFileSync(file, `${JSON.stringify(schema, undefined, 2)}\n`);
}
