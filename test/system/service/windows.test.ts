import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../../lib/suite.ts';
import { TOOLS } from '../../lib/tools.ts';

const test = suite('the service of Windows', { needs: [TOOLS.python] });
const FILE = fileURLToPath(new URL('../../../packaging/windows/gatehouse.xml', import.meta.url));
const SCRIPT = `import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(json.dumps([root.tag, [child.tag for child in root]]))`;

test('its description is XML with what WinSW asks for', () => {
  const [root, members] = JSON.parse(execFileSync('/usr/bin/python3', ['-c', SCRIPT, FILE], { encoding: 'utf8' })) as [
    string,
    string[],
  ];
  assert.equal(root, 'service');
  for (const name of ['id', 'name', 'executable', 'arguments', 'onfailure']) assert.ok(members.includes(name), name);
});

test.run();
