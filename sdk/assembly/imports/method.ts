// [ABI-4.9] The file's name is the namespace of the import.
export declare function respond(request: i32, status: i32, payload: usize, payloadBytes: i32): i32;
