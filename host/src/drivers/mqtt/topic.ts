// Topics and filters of MQTT 3.1.1, section 4.7. Both are compared as bytes, so that a guard can do it where a request lies.
import { MQTT_LIMITS } from './limits.ts';

/** Longest topic or filter. */
export const TOPIC_BYTES_MAX = MQTT_LIMITS.topicBytes;
/** Most levels of a topic or filter. */
export const TOPIC_LEVELS_MAX = MQTT_LIMITS.topicLevels;

const SLASH = 0x2f;
const PLUS = 0x2b;
const HASH = 0x23;
const DOLLAR = 0x24;

/**
 * Whether bytes are a topic that may be published to: without wildcards, NUL and a `$` in front [MQTT-4.7.1-1, 4.7.2-1],
 * and not longer or deeper than we allow. Whether they are UTF-8 is not looked at. Allocates nothing.
 */
export function isTopic(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 1 || end - start > TOPIC_BYTES_MAX || bytes[start] === DOLLAR) return false;
  let levels = 1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === PLUS || byte === HASH || byte === 0) return false;
    if (byte === SLASH) levels++;
  }
  return levels <= TOPIC_LEVELS_MAX;
}

/**
 * Whether a filter takes the topic between two places of some bytes [MQTT-4.7.1-2, 4.7.1-3]; `#` also takes the level above.
 * The topic has no `$` in front, for which other rules hold. Allocates nothing.
 */
export function takesTopic(filter: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let f = 0; f < filter.length; f++) {
    const byte = filter[f];
    if (byte === HASH) return true;
    if (byte === PLUS) {
      while (at < end && bytes[at] !== SLASH) at++;
    } else if (at < end && bytes[at] === byte) {
      at++;
    } else {
      // `sport/#` takes `sport` [MQTT-4.7.1-2].
      return at === end && byte === SLASH && f + 2 === filter.length && filter[f + 1] === HASH;
    }
  }
  return at === end;
}

/** What is wrong with a filter; undefined when nothing is. */
export function filterProblem(filter: string): string | undefined {
  const levels = filter.split('/');
  if (filter === '') return 'it is empty';
  if (filter.includes('\0')) return 'it has a NUL';
  if (Buffer.byteLength(filter) > TOPIC_BYTES_MAX) return `it has more than ${TOPIC_BYTES_MAX} bytes`;
  if (levels.length > TOPIC_LEVELS_MAX) return `it has more than ${TOPIC_LEVELS_MAX} levels`;
  const hash = levels.findIndex((level) => level.includes('#'));
  if (hash >= 0 && (levels[hash] !== '#' || hash !== levels.length - 1)) return '"#" stands alone, in the last level';
  if (levels.some((level) => level.includes('+') && level !== '+')) return '"+" stands alone in its level';
  return undefined;
}

/** Whether everything that one filter takes, another one takes as well. Neither begins with `$`. */
export function covers(filter: string, other: string): boolean {
  const levels = filter.split('/');
  const others = other.split('/');
  for (const [at, level] of levels.entries()) {
    if (level === '#') return true;
    const its = others[at];
    if (its === undefined || its === '#' || (level !== '+' && level !== its)) return false;
  }
  return levels.length === others.length;
}

/** Whether a text is a topic that may be published to, in the sense of `isTopic`. */
export function isTopicText(topic: string): boolean {
  const bytes = Buffer.from(topic);
  // What was not UTF-8 on its way has become this character.
  return !topic.includes('\ufffd') && isTopic(bytes, 0, bytes.byteLength);
}

/** Whether a topic that has arrived can be one: not empty, without wildcards and NUL, and in UTF-8. */
export const isArrivedTopic = (topic: string): boolean => /^[^+#\0\ufffd]+$/.test(topic);

/** Whether a filter takes a topic; one of the broker itself only if it names its `$` [MQTT-4.7.2-1]. */
export function takesArrived(filter: Uint8Array, topic: Uint8Array): boolean {
  return (topic[0] !== DOLLAR || filter[0] === DOLLAR) && takesTopic(filter, topic, 0, topic.length);
}
