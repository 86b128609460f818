// [ABI-7.1] The file's name is the namespace of the import.
export declare function request(pointer: usize, length: i32): i32;
