import { GatehouseError } from '../../../../host/src/errors.ts';
import { compileRoute, ROUTE_LIMITS, type RouteMessage } from '../../../../host/src/routes/index.ts';
import { assert, suite } from '../../../lib/suite.ts';
import { messageOfTable } from './message-of-table.ts';

const test = suite('compile route');
const where = (condition: string) => compileRoute(`FROM /messages/* WHERE ${condition} INTO $upstream`);
const pump = { properties: { site: 'north' }, system: {}, body: { pressure: 91, on: true, text: 'x' } };

function messageOf(text: string): string {
  try {
    compileRoute(text);
  } catch (error) {
    assert.ok(error instanceof GatehouseError);
    return error.message;
  }
  throw new assert.AssertionError({ message: `compiled: ${text}` });
}

test('a route without a condition takes every message and reads nothing of it', () => {
  const route = compileRoute('FROM /* INTO $upstream');
  const nothing = new Proxy({} as RouteMessage, { get: () => assert.fail('something of the message was read') });
  assert.equal(route.condition, false);
  assert.equal(route.evaluate(nothing), true);
});

test('the body is not read when a property decides, on whichever side it stands', () => {
  for (const condition of [
    "site = 'south' AND $body.pressure > 90",
    "$body.pressure > 90 AND site = 'south'",
    "$body.pressure > 90 OR $body.on OR site = 'north'",
  ]) {
    const message = messageOfTable(pump);
    assert.notEqual(where(condition).evaluate(message), undefined);
    assert.equal(message.bodyReads, 0, condition);
  }
});

test('the body is read once for an evaluation that needs it in several places', () => {
  const message = messageOfTable(pump);
  assert.equal(
    where("$body.pressure > 90 AND $body.on AND is_defined($body.text) AND $body.text = 'x'").evaluate(message),
    true,
  );
  assert.equal(message.bodyReads, 1);
});

test('an evaluation after one that failed reads the new message', () => {
  const route = where('$body.pressure > 90');
  const failing: RouteMessage = { ...messageOfTable(pump), body: () => assert.fail('unreadable') };
  assert.throws(() => route.evaluate(failing), /unreadable/);
  assert.equal(route.evaluate(messageOfTable({ ...pump, body: { pressure: 1 } })), false);
  assert.equal(route.evaluate(messageOfTable(pump)), true);
});

test('a twin change is read from twinChange and not from the body', () => {
  const route = compileRoute('FROM /twinChangeNotifications WHERE twin_change_includes(tags.site) INTO $upstream');
  const message = { ...messageOfTable(pump), twinChange: () => ({ tags: { site: 'north' } }) };
  assert.equal(route.readsBody, true);
  assert.equal(route.evaluate(message), true);
  assert.equal(message.bodyReads, 0);
});

test('a system property in any case is asked for by its own spelling', () => {
  const asked: string[] = [];
  const message: RouteMessage = { ...messageOfTable(pump), system: (name) => void asked.push(name) };
  where("$CONNECTIONmoduleid = 'x' OR {$DT-subject} = 'x' OR $Other = 'x'").evaluate(message);
  assert.deepEqual(asked, ['connectionModuleId', 'dt-subject', 'Other']);
});

test('a concatenation that would be too long is undefined', () => {
  const part = 'x'.repeat(ROUTE_LIMITS.concatCharacters / 2);
  const message = messageOfTable({ properties: { part }, system: {} });
  assert.equal(where('is_defined(part || part)').evaluate(message), true);
  assert.equal(where("is_defined(part || part || 'x')").evaluate(message), false);
  assert.equal(where("is_defined(concat(part, 'x', part))").evaluate(message), false);
});

test('brackets, signs, calls and operators may be 100 levels deep and not 101', () => {
  const deep: readonly ((levels: number) => string)[] = [
    (levels) => `${'('.repeat(levels)}true${')'.repeat(levels)}`,
    (levels) => `${'NOT '.repeat(levels - 1)}true`,
    (levels) => `1 = ${'abs('.repeat(levels - 2)}1${')'.repeat(levels - 2)}`,
    (levels) => `1 = 1${' + 1'.repeat(levels - 2)}`,
  ];
  for (const write of deep) {
    where(write(ROUTE_LIMITS.nesting));
    const text = `FROM /messages/* WHERE ${write(ROUTE_LIMITS.nesting + 1)} INTO $upstream`;
    assert.throws(() => compileRoute(text), { code: 'ROUTE_SYNTAX', message: /at most 100 levels/ });
  }
});

test('a list of 1,000 alternatives is not deep', () => {
  const alternatives = Array.from({ length: 1000 }, (_, index) => `site = 'site ${index}'`).join(' OR ');
  const message = (site: string) => messageOfTable({ properties: { site }, system: {} });
  assert.equal(where(alternatives).evaluate(message('site 999')), true);
  assert.equal(where(alternatives).evaluate(message('site 1000')), false);
});

test('a route longer than 32,768 characters is refused before it is read', () => {
  const route = (spaces: number) => `FROM /messages/*${' '.repeat(spaces)}INTO $upstream`;
  compileRoute(route(ROUTE_LIMITS.characters - route(0).length));
  const text = route(ROUTE_LIMITS.characters - route(0).length + 1);
  assert.throws(() => compileRoute(text), { code: 'ROUTE_SYNTAX', message: /at most 32768 characters/ });
});

test('an error shows the place and says what to write', () => {
  const on = (condition: string) => messageOf(`FROM /messages/* WHERE ${condition} INTO $upstream`);
  assert.equal(
    on('temperature > 20'),
    'expected a number, got a string at character 36: ...M /messages/* WHERE temperature →>← 20 INTO $upstream; ' +
      'properties are strings; write as_number(temperature)',
  );
  assert.match(on('level-1 > 20'), /`level-1` is one name; to calculate, write white space around the operator$/);
  assert.match(on('a == 3'), /WHERE a =→=← 3 INTO .*; write one `=` to compare$/);
  assert.match(on("a = 'x' && b = 'y'"), /write `AND`$/);
  assert.match(on('true || false'), /`\|\|` joins strings; write OR$/);
  assert.match(on('3 -4 = 1'), /write white space after `-` to subtract$/);
  assert.match(on("NOT a = 'x'"), /NOT is applied first; write NOT \(a = b\)$/);
  assert.match(on('lenght(a) = 3'), /did you mean `length`\?$/);
  assert.match(on('$body.x = undefined'), /use IS_DEFINED to ask whether there is a value$/);
  assert.match(on('$body > 3'), /name a place in the body, such as `\$body.pressure`$/);
  assert.match(on("enabled AND level = '3'"), /properties are strings; write enabled = 'true'$/);
  assert.match(on('TRUE = true'), /`TRUE` is the name of a property; write it in lower case$/);
  assert.match(on('is_array($body.x)'), /IoT Edge describes it but does not have it either$/);
});

test('an error does not carry control characters of the route', () => {
  assert.ok(!/\p{Cc}/u.test(messageOf('FROM /messages/* \u001b[31m\n\r\u0085 INTO $upstream')));
});

test('takesFromModule knows whether anything of a module may be taken', () => {
  const takes = (source: string, module: string) =>
    compileRoute(`FROM ${source} INTO $upstream`).takesFromModule(module);
  assert.ok(takes('/messages/*', 'pump'));
  assert.ok(takes('/messages/modules/PUMP/outputs/telemetry', 'pump'));
  assert.ok(!takes('/messages/modules/pump/*', 'pump2'));
  assert.ok(!takes('/messages/modules/pump2/*', 'pump'));
  assert.ok(!takes('/twinChangeNotifications', 'pump'));
});

test('takes from no module what its condition says has none, whatever else it says', () => {
  const takes = (condition: string): boolean =>
    compileRoute(`FROM /messages/* ${condition} INTO $upstream`).takesFromModule('pump');
  for (const condition of [
    'WHERE NOT is_defined($connectionModuleId)',
    'WHERE not IS_DEFINED({$connectionmoduleid}) AND $body.t > 1',
    "WHERE topic = 'a' AND NOT is_defined($connectionModuleId) AND $body.t > 1",
  ])
    assert.equal(takes(condition), false, condition);
  for (const condition of [
    '',
    'WHERE is_defined($connectionModuleId)',
    'WHERE NOT is_defined($connectionDeviceId)',
    'WHERE NOT is_defined(connectionModuleId)',
    'WHERE NOT is_defined($connectionModuleId) OR $body.t > 1',
    'WHERE NOT (NOT is_defined($connectionModuleId))',
  ])
    assert.equal(takes(condition), true, condition);
});

test.run();
