import type { Finding } from './finding.ts';

/** Lines of Node that the tests of the host run on, and the oldest release of the first. */
const TESTED_MAJORS = [20, 22, 24];
const OLDEST_MINOR = 19;

/** Whether this Node is one that the host is made for. */
export function nodeFinding(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const oldest = TESTED_MAJORS[0] as number;
  const facts = { version, tested: TESTED_MAJORS };
  if (major < oldest || (major === oldest && minor < OLDEST_MINOR))
    return { name: 'Node', state: 'error', text: `${version} is too old; install 20.19 or later, 22 or 24`, facts };
  if (!TESTED_MAJORS.includes(major))
    return { name: 'Node', state: 'warning', text: `${version} is not tested; 20, 22 and 24 are`, facts };
  return { name: 'Node', state: 'ok', text: `${version}, supported`, facts };
}
