// [ABI-4.10] The file's name is the namespace of the import.
export declare function get(key: usize, keyBytes: i32, buffer: usize, capacity: i32): i32;
export declare function set(key: usize, keyBytes: i32, value: usize, valueBytes: i32): i32;
export declare function remove(key: usize, keyBytes: i32): i32;
