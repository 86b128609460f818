import { compileRoute, routeNeverFires } from '../../../../host/src/routes/index.ts';
import { assert, suite } from '../../../lib/suite.ts';

const test = suite('route never fires');

function reason(condition: string, stampsJson: boolean, source = '/messages/*'): string | undefined {
  return routeNeverFires(compileRoute(`FROM ${source} WHERE ${condition} INTO $upstream`), { stampsJson });
}

test('a condition that needs the body never fires where the source does not stamp JSON', () => {
  for (const condition of [
    '$body.pressure > 90',
    '{$body.pressure} > 90',
    'NOT $body.on',
    '$body.a = null',
    'is_null($body.a)',
    "site = 'north' AND $body.a > 1",
    '$body.a > 1 OR $body.b > 1',
    'abs($body.a) > 1',
    "starts_with($body.a, 'x')",
    '- $body.a > 1',
    "($body.a || 'x') = 'ax'",
    '$body.a + 1 > 1',
    'is_defined($body.a)',
    'is_number($body.a)',
    '$body.a ?? false',
    'as_number($body.a) > 3',
  ]) {
    assert.match(
      String(reason(condition, false)),
      /^the condition needs `\{?\$body\.\w+\}?`, which is undefined/,
      condition,
    );
    assert.equal(reason(condition, true), undefined, condition);
  }
});

test('a condition that fires without the body is not reported', () => {
  for (const condition of [
    "site = 'north'",
    "$body.a > 1 OR site = 'north'",
    'NOT is_defined($body.a)',
    '$body.a ?? true',
    '($body.a ?? 5) > 1',
    'NOT ($body.a AND false)',
    'NOT is_string($body.a)',
    'is_defined($connectionModuleId)',
  ]) {
    assert.equal(reason(condition, false), undefined, condition);
  }
});

test('a condition that is never true for any message is reported with JSON as well', () => {
  for (const condition of [
    'false',
    'undefined',
    'null',
    '1 = 2',
    '1 / 0 > 1',
    "site = 'x' AND false",
    'NOT true',
    'is_string(3) AND false',
  ]) {
    assert.match(String(reason(condition, true)), /is never true$/, condition);
  }
});

test('a condition that is a string or a number is reported', () => {
  for (const condition of ['site', '3', '$body', "site || 'x'", 'length(site)', 'as_number(site)']) {
    assert.match(String(reason(condition, true)), /is a string or a number, which is never true$/, condition);
  }
});

test('a source that no message has is reported', () => {
  const of = (source: string) => routeNeverFires(compileRoute(`FROM ${source} INTO $upstream`), { stampsJson: true });
  for (const source of [
    '/messages/modules/*/outputs/*',
    '/telemetry/*',
    '/messages/devices/a',
    '/messages/modules/a/inputs/b',
    '/messages/modules/a/outputs/b/c',
  ]) {
    assert.match(String(of(source)), /^no message comes from/, source);
  }
  for (const source of [
    '/*',
    '/messages',
    '/messages/*',
    '/messages/modules/*',
    '/messages/modules/a/*',
    '/messages/modules/a/outputs/b',
    '/twinChangeNotifications',
  ]) {
    assert.equal(of(source), undefined, source);
  }
});

test('twin_change_includes fires only where the notification can be read', () => {
  const condition = 'twin_change_includes(tags.site)';
  assert.equal(reason(condition, true, '/twinChangeNotifications'), undefined);
  assert.match(
    String(reason(condition, false, '/twinChangeNotifications')),
    /^the condition needs `twin_change_includes/,
  );
});

test.run();
