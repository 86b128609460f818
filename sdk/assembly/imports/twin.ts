// [ABI-4.8] The file's name is the namespace of the import.
export declare function report(patch: usize, patchBytes: i32): i32;
