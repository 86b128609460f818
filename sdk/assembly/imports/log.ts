// [ABI-4.6] The file's name is the namespace of the import.
export declare function write(level: i32, text: usize, textBytes: i32): i32;
export declare function abort(text: usize, textBytes: i32, file: usize, fileBytes: i32, line: i32, column: i32): i32;
