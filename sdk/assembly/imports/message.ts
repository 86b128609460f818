// [ABI-4.2 - 4.4] The file's name is the namespace of the import.
export declare function input(name: usize, nameBytes: i32): i32;
export declare function output(name: usize, nameBytes: i32): i32;
export declare function emit(
  output: i32,
  flags: i32,
  properties: usize,
  propertiesBytes: i32,
  body: usize,
  bodyBytes: i32,
): i32;
export declare function source(source: i32, buffer: usize, capacity: i32): i32;
