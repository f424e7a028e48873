/** The status that a process ended with, from the kernel's code: of a signal 128 and its number, as shells say it. */
export function statusOf(code: number): number {
  const signal = code & 127;
  return signal === 0 ? (code >> 8) & 255 : 128 + signal;
}
