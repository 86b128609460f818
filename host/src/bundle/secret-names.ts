/** What stands where a secret was. */
export const REMOVED = '(removed)';

/** Names of settings, of variables and in connection strings behind which a secret may stand. Rather too many than too few. */
const SECRET_NAME =
  /pass|pwd|secret|token|credential|key|auth|signature|cert|private|connection_?string|community|bearer|cookie|webhook|(?<![a-z])(?:sas|sig|pin|psk|otp|jwt|dsn)(?![a-z])/i;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);
