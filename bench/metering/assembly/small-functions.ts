import '@gatehouse/sdk/assembly/abort';

class Vector {
  constructor(
    public x: i32,
    public y: i32,
    public z: i32,
  ) {}

  set(x: i32, y: i32, z: i32): this {
    this.x = x;
    this.y = y;
    this.z = z;
    return this;
  }

  cross(other: Vector, into: Vector): Vector {
    return into.set(
      multiply(this.y, other.z) - multiply(this.z, other.y),
      multiply(this.z, other.x) - multiply(this.x, other.z),
      multiply(this.x, other.y) - multiply(this.y, other.x),
    );
  }

  length(): i32 {
    return absolute(this.x) + absolute(this.y) + absolute(this.z);
  }
}

function multiply(a: i32, b: i32): i32 {
  return clamp((a * b) >> 8);
}

function absolute(value: i32): i32 {
  return value < 0 ? -value : value;
}

function clamp(value: i32): i32 {
  return value < -65536 ? -65536 : value > 65536 ? 65536 : value;
}

const first = new Vector(0, 0, 0);
const second = new Vector(0, 0, 0);
const result = new Vector(0, 0, 0);

/** Fixed-point vectors, a function for every little thing; 64 products a round. */
export function run(n: i32): i32 {
  let sum = 0;
  for (let round = 0; round < n; round++) {
    for (let step = 0; step < 64; step++) {
      first.set(round + step, step * 3 - 50, 300 - step);
      second.set(step, round & 255, step - 20);
      sum = sum * 31 + first.cross(second, result).length();
    }
  }
  return sum;
}
