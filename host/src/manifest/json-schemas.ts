import { gatewayShape } from '../configuration/gateway-shape.ts';
import { healthShape } from '../health/index.ts';
import type { JsonObject } from '../json/index.ts';
import { manifestShape } from './manifest-shape.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * JSON Schemas by the name of their file in `docs/schema`, made from the same descriptions as the decoders. They say less:
 * rules between members, sizes in bytes and everything outside the file are for `gatehouse-host check`.
 */
export const JSON_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  'deployment.json': { $schema: DIALECT, title: 'Gatehouse deployment manifest', ...manifestShape.schema },
  'gateway.json': { $schema: DIALECT, title: 'Gatehouse gateway configuration', ...gatewayShape.schema },
  'health.json': { $schema: DIALECT, title: 'Health of a Gatehouse host', ...healthShape.schema },
};
