import description from '../package.json' with { type: 'json' };

/** The version of the host, which is part of its bundle: the gateway has no other file of it. */
export function hostVersion(): string {
  return description.version;
}
