import { GatehouseError } from '../../../host/src/errors.ts';
import {
  customSection,
  decodeModuleManifest,
  inspectModule,
  type ModuleManifest,
} from '../../../host/src/sandbox/index.ts';

/**
 * What a module says about itself; a signature without it would be for no name.
 * @throws GatehouseError as the host refuses the module; MODULE_MANIFEST_INVALID without a description, or with two
 */
export function describeModule(bytes: Uint8Array): ModuleManifest {
  const facts = inspectModule(bytes);
  const sections = facts.customSections.filter(({ name }) => name === 'gatehouse.manifest');
  const content = customSection(facts, bytes, 'gatehouse.manifest');
  if (content === undefined || sections.length > 1)
    throw new GatehouseError(
      'MODULE_MANIFEST_INVALID',
      `expected one custom section "gatehouse.manifest" with name and version, got ${sections.length}`,
    );
  return decodeModuleManifest(content);
}
