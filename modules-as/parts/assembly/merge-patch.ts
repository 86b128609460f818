import { JsonValue, JsonWriter } from '@gatehouse/sdk';

/**
 * Writes the members of `base` with `patch` merged in, as a twin does (RFC 7396): objects merge, null removes, everything else
 * replaces. The writer has an object open, which stays open. `base` may be missing.
 */
export function mergePatch(json: JsonWriter, base: JsonValue, patch: JsonValue): void {
  for (let member = base.members(); member.exists; member = member.next()) {
    const change = patch.get(member.key);
    if (change.exists) mergeMember(json, member.key, member.value, change);
    else json.setValue(member.key, member.value);
  }
  for (let member = patch.members(); member.exists; member = member.next()) {
    const before = base.get(member.key);
    if (!before.exists) mergeMember(json, member.key, before, member.value);
  }
}

function mergeMember(json: JsonWriter, key: string, before: JsonValue, change: JsonValue): void {
  if (change.isObject) {
    json.object(key);
    mergePatch(json, before, change);
    json.end();
  } else if (!change.isNull) {
    json.setValue(key, change);
  }
}
