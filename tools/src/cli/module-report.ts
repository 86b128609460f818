import { createHash } from 'node:crypto';
import { findAbiFaults, grantedImports } from '../../../host/src/check/check-abi.ts';
import { type ErrorCode, GatehouseError } from '../../../host/src/errors.ts';
import {
  customSection,
  decodeModuleManifest,
  inspectModule,
  type ModuleFacts,
  type ModuleManifest,
} from '../../../host/src/sandbox/index.ts';
import { readSignature } from '../../../host/src/signature/index.ts';

/** Something that makes a host refuse a module, whatever it is granted. */
export interface ModuleProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

export type SignatureReport =
  | { readonly state: 'none' }
  | { readonly state: 'broken'; readonly code: ErrorCode; readonly message: string }
  /** The module is what was signed; ids are what the signers say of their keys, in hex. */
  | { readonly state: 'intact'; readonly layout: string; readonly keyIds: readonly string[]; readonly hash: string };

/** What is known of a module without running it. */
export interface ModuleReport {
  readonly bytes: number;
  /** Of the file, in hex. */
  readonly sha256: string;
  readonly manifest?: ModuleManifest;
  readonly facts?: ModuleFacts;
  /** Capabilities that a deployment has to grant, with the imports that need them. */
  readonly needsGrants: Readonly<Record<string, readonly string[]>>;
  readonly signature: SignatureReport;
  readonly problems: readonly ModuleProblem[];
}

/** Never throws for what is in the module: it is reported. */
export function reportModule(bytes: Uint8Array): ModuleReport {
  const problems: ModuleProblem[] = [];
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      problems.push({ code: error.code, message: error.message });
      return undefined;
    }
  };
  const facts = attempt(() => inspectModule(bytes));
  const manifest = facts === undefined ? undefined : attempt(() => describe(bytes, facts));
  if (facts !== undefined) problems.push(...findAbiFaults(facts, manifest));
  const signature = signatureOf(bytes);
  if (signature.state === 'broken' && problems.every(({ code }) => code !== signature.code))
    problems.push({ code: signature.code, message: signature.message });
  return {
    bytes: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...(manifest === undefined ? {} : { manifest }),
    ...(facts === undefined ? {} : { facts }),
    needsGrants: facts === undefined ? {} : Object.fromEntries(grantedImports(facts)),
    signature,
    problems,
  };
}

function describe(bytes: Uint8Array, facts: ModuleFacts): ModuleManifest | undefined {
  const section = customSection(facts, bytes, 'gatehouse.manifest');
  return section === undefined ? undefined : decodeModuleManifest(section);
}

function signatureOf(bytes: Uint8Array): SignatureReport {
  try {
    const { layout, signatures, hash } = readSignature(bytes);
    const keyIds = signatures.map(({ keyId }) => Buffer.from(keyId).toString('hex'));
    return { state: 'intact', layout, keyIds, hash: Buffer.from(hash).toString('hex') };
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    if (error.code === 'SIGNATURE_MISSING') return { state: 'none' };
    return { state: 'broken', code: error.code, message: error.message };
  }
}
