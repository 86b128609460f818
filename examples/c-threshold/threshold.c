// Passes on the readings above a threshold and keeps count of them. Written against docs/abi.md alone, without a C library.
//
// Input `readings`: JSON objects; the number in the member `field` (desired property, "value" by default) is compared with
// `threshold` (desired property, 100 by default). What is above goes to output `exceeded` with the property `alert`. The count
// is kept as state, answered by the direct method `status`, and reported to the twin at most once a minute.
#include <stddef.h>
#include <stdint.h>

#define IMPORT(space, name) __attribute__((import_module(#space), import_name(#name))) int32_t space##_##name
#define EXPORT(name) __attribute__((export_name(#name))) int32_t name
#define TEXT(literal) literal, sizeof(literal) - 1

// Imports [ABI-4].
IMPORT(message, input)(const char *name, uint32_t nameBytes);
IMPORT(message, output)(const char *name, uint32_t nameBytes);
IMPORT(message, emit)(int32_t output, uint32_t flags, const void *properties, uint32_t propertiesBytes, const void *body, uint32_t bodyBytes);
IMPORT(log, write)(int32_t level, const char *text, uint32_t textBytes);
IMPORT(log, abort)(const char *text, uint32_t textBytes, const char *file, uint32_t fileBytes, int32_t line, int32_t column);
IMPORT(timer, set)(uint32_t timer, uint32_t delayMs, uint32_t periodMs);
IMPORT(twin, report)(const void *patch, uint32_t patchBytes);
IMPORT(method, respond)(uint32_t request, uint32_t status, const void *payload, uint32_t payloadBytes);
IMPORT(kv, get)(const char *key, uint32_t keyBytes, void *buffer, uint32_t capacity);
IMPORT(kv, set)(const char *key, uint32_t keyBytes, const void *value, uint32_t valueBytes);

enum { START = 1, MESSAGE, TIMER, DESIRED, METHOD, ANSWER, STOP };
enum { OK = 0, NOT_FOUND = -5 };
enum { LOG_WARNING = 4, LOG_INFO = 6 };
enum { COMMIT = 0, REFUSE = 1 };
enum { FLAG_JSON = 1, REPORT_TIMER = 0, REPORT_EVERY_MS = 60000, PAGE_BYTES = 65536 };

// Event frames [ABI-5]; the texts behind the fixed part are reached through `after`.
typedef struct { uint16_t kind; uint8_t flags, hops; uint32_t length; double time, monotonic; } Header;
typedef struct { Header header; uint32_t input, source; uint64_t sequence; double emitted; uint32_t propertiesBytes, bodyBytes; } Message;
typedef struct { Header header; uint32_t complete, bodyBytes; uint64_t version; } Desired;
typedef struct { Header header; uint32_t request, nameBytes, payloadBytes, zero; } Method;
_Static_assert(sizeof(Header) == 24 && sizeof(Message) == 56 && sizeof(Desired) == 40 && sizeof(Method) == 40, "the layouts of [ABI-5]");

static uint32_t align8(uint32_t bytes) { return (bytes + 7) & ~7u; }
static const char *after(const void *frame, uint32_t offset) { return (const char *)frame + offset; }

// A piece of text that lies elsewhere.
typedef struct { const char *at; uint32_t bytes; } Slice;

static int same(Slice a, const char *text, uint32_t bytes) {
  if (a.bytes != bytes) return 0;
  for (uint32_t i = 0; i < bytes; i++) if (a.at[i] != text[i]) return 0;
  return 1;
}

// Text that is being written. It is large enough for everything this module writes.
typedef struct { char bytes[1024]; uint32_t length; } Writer;

static void put(Writer *to, const char *text, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes && to->length < sizeof to->bytes; i++) to->bytes[to->length++] = text[i];
}

static void putCount(Writer *to, uint64_t value) {
  char digits[20];
  uint32_t at = sizeof digits;
  do digits[--at] = (char)('0' + value % 10); while ((value /= 10) > 0);
  put(to, digits + at, sizeof digits - at);
}

// What the module knows. The memory of an instance is not part of the transaction of an event [ABI-3.2], so `exceeded` is
// read from the state again whenever it is changed.
static struct {
  int32_t readings, output;      // ids of the input and the output
  char field[64], limitText[32]; // desired properties; the threshold as it was written, so that no digit changes
  uint32_t fieldBytes, limitBytes;
  double limit;
  uint64_t seen;                 // readings since this instance started
  uint64_t reported;             // `exceeded` as it was last reported
} self;

static void abortIf(int failed, const char *why, uint32_t whyBytes, int32_t line) {
  if (!failed) return;
  log_abort(why, whyBytes, TEXT("threshold.c"), line, 0);
  __builtin_trap();
}
#define MUST(condition, why) abortIf(!(condition), TEXT(why), __LINE__)

static uint64_t exceeded(void) {
  uint64_t count = 0;
  int32_t bytes = kv_get(TEXT("exceeded"), &count, sizeof count);
  MUST(bytes == sizeof count || bytes == NOT_FOUND, "the state cannot be read");
  return count;
}

// JSON: finds one member of an object, without checking more of the text than it has to pass over.
static void skipSpace(Slice *json) {
  while (json->bytes > 0 && (*json->at == ' ' || *json->at == '\t' || *json->at == '\n' || *json->at == '\r')) json->at++, json->bytes--;
}

static int take(Slice *json, char wanted) {
  skipSpace(json);
  if (json->bytes == 0 || *json->at != wanted) return 0;
  json->at++, json->bytes--;
  return 1;
}

// Takes a string; `out` is what stands between the quotes, escapes as they are.
static int takeString(Slice *json, Slice *out) {
  if (!take(json, '"')) return 0;
  out->at = json->at;
  for (uint32_t i = 0; i < json->bytes; i++) {
    if (json->at[i] == '\\') i++;
    else if (json->at[i] == '"') {
      out->bytes = i;
      json->at += i + 1, json->bytes -= i + 1;
      return 1;
    }
  }
  return 0;
}

// Takes any value; `out` is its text.
static int takeValue(Slice *json, Slice *out) {
  uint32_t depth = 0;
  int isScalar;
  skipSpace(json);
  out->at = json->at;
  do {
    char c = json->bytes > 0 ? *json->at : ' ';
    Slice text;
    if (depth == 0 && (c == ',' || c == '}' || c == ']' || c <= ' ')) break;
    isScalar = c != '"' && c != '}' && c != ']';
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']') depth--;
    if (c != '"') json->at++, json->bytes--;
    else if (!takeString(json, &text)) return 0;
  } while (json->bytes > 0 && (depth > 0 || isScalar));
  out->bytes = (uint32_t)(json->at - out->at);
  return depth == 0 && out->bytes > 0;
}

// 1: `out` is the value of the member; 0: there is none of that name; -1: this is not an object.
static int findMember(Slice json, const char *name, uint32_t nameBytes, Slice *out) {
  if (!take(&json, '{')) return -1;
  if (take(&json, '}')) return 0;
  do {
    Slice key;
    if (!takeString(&json, &key) || !take(&json, ':') || !takeValue(&json, out)) return -1;
    if (same(key, name, nameBytes)) return 1;
  } while (take(&json, ','));
  return take(&json, '}') ? 0 : -1;
}

// Exact where the digits make at most 2^53 and the exponent is at most 22; otherwise right to the last digit or two.
static int parseNumber(Slice text, double *out) {
  const char *at = text.at, *end = at + text.bytes;
  int negative = at < end && *at == '-', digits = 0, scale = 0, exponent = 0, exponentSign = 1;
  double value = 0, power = 1;
  if (negative) at++;
  for (; at < end && *at >= '0' && *at <= '9'; at++, digits++) value = value * 10 + (*at - '0');
  if (digits == 0) return 0;
  if (at < end && *at == '.') for (at++; at < end && *at >= '0' && *at <= '9'; at++, scale++) value = value * 10 + (*at - '0');
  if (at < end && (*at == 'e' || *at == 'E')) {
    if (++at < end && (*at == '+' || *at == '-')) exponentSign = *at++ == '-' ? -1 : 1;
    if (at == end) return 0;
    for (; at < end && *at >= '0' && *at <= '9'; at++) if (exponent < 1000) exponent = exponent * 10 + (*at - '0');
  }
  if (at != end) return 0;
  scale = exponentSign * exponent - scale;
  for (int i = scale < 0 ? -scale : scale; i > 0 && value != 0; i--) power *= 10;
  value = scale < 0 ? value / power : value * power;
  *out = negative ? -value : value;
  return 1;
}

static int32_t onStart(void) {
  self.readings = message_input(TEXT("readings"));
  self.output = message_output(TEXT("exceeded"));
  MUST(self.readings >= 0 && self.output >= 0, "no id for the input or the output");
  MUST(timer_set(REPORT_TIMER, REPORT_EVERY_MS, REPORT_EVERY_MS) == OK, "no timer");
  self.reported = UINT64_MAX;
  log_write(LOG_INFO, TEXT("c-threshold started"));
  return COMMIT;
}

static void setLimit(const char *text, uint32_t bytes) {
  double value;
  if (bytes > sizeof self.limitText || !parseNumber((Slice){text, bytes}, &value)) {
    log_write(LOG_WARNING, TEXT("desired threshold is not a number; the one before stays"));
    return;
  }
  self.limit = value;
  for (self.limitBytes = 0; self.limitBytes < bytes; self.limitBytes++) self.limitText[self.limitBytes] = text[self.limitBytes];
}

static void setField(const char *text, uint32_t bytes) {
  if (bytes == 0 || bytes > sizeof self.field) {
    log_write(LOG_WARNING, TEXT("desired field is not a name; the one before stays"));
    return;
  }
  for (self.fieldBytes = 0; self.fieldBytes < bytes; self.fieldBytes++) self.field[self.fieldBytes] = text[self.fieldBytes];
}

static void report(void) {
  Writer patch = {.length = 0};
  self.reported = exceeded();
  put(&patch, TEXT("{\"threshold\":"));
  put(&patch, self.limitText, self.limitBytes);
  put(&patch, TEXT(",\"exceeded\":"));
  putCount(&patch, self.reported);
  put(&patch, TEXT("}"));
  MUST(twin_report(patch.bytes, patch.length) == OK, "the report was not accepted");
}

static int32_t onDesired(const Desired *event) {
  Slice json = {after(event, 40), event->bodyBytes}, value;
  if (event->complete) setLimit(TEXT("100")), setField(TEXT("value"));
  if (findMember(json, TEXT("threshold"), &value) == 1) {
    if (same(value, TEXT("null"))) setLimit(TEXT("100"));
    else setLimit(value.at, value.bytes);
  }
  if (findMember(json, TEXT("field"), &value) == 1) {
    if (same(value, TEXT("null"))) setField(TEXT("value"));
    else setField(value.at + 1, *value.at == '"' ? value.bytes - 2 : 0);
  }
  report();
  return COMMIT;
}

static int32_t onMessage(const Message *event) {
  // alert = threshold, as a property block of one entry [ABI-4.5]
  static const char properties[] = {5, 0, 9, 0, 'a', 'l', 'e', 'r', 't', 't', 'h', 'r', 'e', 's', 'h', 'o', 'l', 'd'};
  Slice body = {after(event, 56 + align8(event->propertiesBytes)), event->bodyBytes}, text;
  double value;
  if (event->input != (uint32_t)self.readings) return COMMIT;
  int found = findMember(body, self.field, self.fieldBytes, &text);
  if (found < 0 || (found > 0 && (text.bytes > 64 || !parseNumber(text, &value)))) return REFUSE;
  if (found == 0) return COMMIT;
  self.seen++;
  if (!(value > self.limit)) return COMMIT;

  uint64_t count = exceeded() + 1;
  Writer out = {.length = 0};
  put(&out, TEXT("{\"value\":"));
  put(&out, text.at, text.bytes);
  put(&out, TEXT(",\"threshold\":"));
  put(&out, self.limitText, self.limitBytes);
  put(&out, TEXT(",\"count\":"));
  putCount(&out, count);
  put(&out, TEXT(",\"time\":"));
  putCount(&out, (uint64_t)event->emitted);
  put(&out, TEXT("}"));
  if (message_emit(self.output, FLAG_JSON, properties, sizeof properties, out.bytes, out.length) != OK) {
    log_write(LOG_WARNING, TEXT("no room for the message; it is counted and not passed on"));
  }
  MUST(kv_set(TEXT("exceeded"), &count, sizeof count) == OK, "the state cannot be written");
  return COMMIT;
}

static int32_t onMethod(const Method *event) {
  Writer out = {.length = 0};
  if (!same((Slice){after(event, 40), event->nameBytes}, TEXT("status"))) {
    method_respond(event->request, 404, 0, 0);
    return COMMIT;
  }
  put(&out, TEXT("{\"threshold\":"));
  put(&out, self.limitText, self.limitBytes);
  put(&out, TEXT(",\"readings\":"));
  putCount(&out, self.seen);
  put(&out, TEXT(",\"exceeded\":"));
  putCount(&out, exceeded());
  put(&out, TEXT("}"));
  method_respond(event->request, 200, out.bytes, out.length);
  return COMMIT;
}

EXPORT(gatehouse_abi_version)(void) { return 1; }

// The inbox is everything behind the module's own data; it grows in place and is never freed.
EXPORT(gatehouse_alloc)(uint32_t length) {
  extern char __heap_base;
  uint32_t start = align8((uint32_t)(uintptr_t)&__heap_base);
  uint64_t end = (uint64_t)start + length, size = (uint64_t)__builtin_wasm_memory_size(0) * PAGE_BYTES;
  if (end <= size) return (int32_t)start;
  if (__builtin_wasm_memory_grow(0, (size_t)((end - size + PAGE_BYTES - 1) / PAGE_BYTES)) == SIZE_MAX) return 0;
  return (int32_t)start;
}

EXPORT(gatehouse_handle)(const Header *event, uint32_t length) {
  (void)length;
  switch (event->kind) {
    case START: return onStart();
    case MESSAGE: return onMessage((const Message *)event);
    case TIMER: if (exceeded() != self.reported) report(); return COMMIT;
    case DESIRED: return onDesired((const Desired *)event);
    case METHOD: return onMethod((const Method *)event);
    default: return COMMIT;
  }
}

// The description of the module becomes the custom section `gatehouse.manifest` [ABI-8.1].
__asm__(".section .custom_section.gatehouse.manifest,\"\",@\n.incbin \"module.json\"\n");
