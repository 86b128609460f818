import '@gatehouse/sdk/assembly/abort';

const WORDS: string[] = ['pump', 'pressure', 'bar', 'valve', 'motor', 'level', 'flow', 'alarm'];

/** Builds, joins, searches and splits strings on the collected heap, n times. */
export function run(n: i32): i32 {
  let sum = 0;
  for (let round = 0; round < n; round++) {
    let line = '';
    for (let index = 0; index < 12; index++) {
      line += WORDS[(round + index) & 7] + '=' + (round * 31 + index * 7).toString() + ';';
    }
    const parts = line.split(';');
    for (let index = 0; index < parts.length; index++) {
      const at = parts[index].indexOf('=');
      if (at > 0) sum = sum * 33 + parts[index].charCodeAt(at - 1) + <i32>parseInt(parts[index].substring(at + 1));
    }
    if ((round & 63) == 63) __collect();
  }
  __collect();
  return sum;
}
