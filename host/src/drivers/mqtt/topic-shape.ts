import { list, refine, type Shape, text } from '../../json/index.ts';
import { GRANT_ENTRIES_MAX } from '../../manifest/name-rules.ts';
import { filterProblem, TOPIC_BYTES_MAX } from './topic.ts';

const EXPECTED = 'a topic filter such as "plant/+/state" or "plant/#"';

/** A topic filter that messages are asked for with. */
export const anyFilter: Shape<string> = refine(
  text({ expected: EXPECTED, maxBytes: TOPIC_BYTES_MAX }),
  (filter, node, place) => {
    const problem = filterProblem(filter);
    return problem === undefined ? filter : place.mismatch(node, EXPECTED, `; ${problem}`);
  },
);

/** A topic filter that allows something: never topics of the broker itself, which begin with `$`. */
const ownFilter: Shape<string> = refine(anyFilter, (filter, node, place) =>
  filter.startsWith('$') ? place.mismatch(node, EXPECTED, '; topics with "$" in front belong to the broker') : filter,
);

/** Topic filters that allow something. */
export const allowedFilters = (min: number): Shape<readonly string[]> =>
  list(ownFilter, { min, max: GRANT_ENTRIES_MAX, items: 'topic filters' });
