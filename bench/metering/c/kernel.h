// What every kernel in C shares: no library, one export.
typedef unsigned char u8;
typedef unsigned int u32;
typedef int i32;

#define EXPORT_RUN __attribute__((export_name("run")))
#define NOINLINE __attribute__((noinline))
