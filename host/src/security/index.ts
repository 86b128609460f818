export { escapeControls } from './escape-controls.ts';
export type { SecurityEvent, SecuritySubject } from './security-event.ts';
export { SECURITY_TEXT_MAX, securityEventJson } from './security-event.ts';
export { type SecurityClock, SecurityEvents, type SecurityReport, type SecurityTotal } from './security-events.ts';
export { type SecurityKind, securityKindOf } from './security-kind.ts';
export { SecurityLog, type SecurityLogOptions, type SecurityLogStatus } from './security-log.ts';
