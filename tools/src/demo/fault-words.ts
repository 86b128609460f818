/** What a fault is called in a sentence. */
export function faultWords(fault: string): string {
  const words: Record<string, string> = {
    'gas-lock': 'gas lock',
    'worn-valve': 'wear of the valve',
    'sensor-stuck': 'a stuck sensor',
    'comms-loss': 'loss of communication',
  };
  return words[fault] ?? fault;
}
