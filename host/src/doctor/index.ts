export { examine } from './examine.ts';
export type { Finding } from './finding.ts';
export { formatFindings } from './format-findings.ts';
