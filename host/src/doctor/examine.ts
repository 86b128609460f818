import { addressFinding, type Begun, trapHandlerFinding } from './address-findings.ts';
import { capacityFinding } from './capacity-finding.ts';
import { clockFinding } from './clock-finding.ts';
import type { Finding } from './finding.ts';
import { gatewayFindings } from './folder-findings.ts';
import { machineFinding } from './machine-finding.ts';
import { measureModule } from './measure-module.ts';
import { nodeFinding } from './node-finding.ts';
import { stackFinding } from './stack-finding.ts';

/** Looks at everything that the host needs, in the order in which it is shown. */
export async function examine(options: { gateway: string | undefined; begun: Begun }): Promise<Finding[]> {
  return [
    nodeFinding(),
    machineFinding(),
    addressFinding(),
    trapHandlerFinding(options.begun),
    await capacityFinding(measureModule),
    await stackFinding(),
    clockFinding(),
    ...(await gatewayFindings(options.gateway)),
  ];
}
