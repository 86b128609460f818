/** Time of day here, to the millisecond. */
export function clockText(): string {
  const now = new Date();
  const two = (part: number): string => String(part).padStart(2, '0');
  const seconds = `${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, '0')}`;
  return `${two(now.getHours())}:${two(now.getMinutes())}:${seconds}`;
}
