// [ABI-4.7] The file's name is the namespace of the import.
export declare function set(timer: i32, delayMs: i32, periodMs: i32): i32;
export declare function clear(timer: i32): i32;
