// Times in words of a fixed, short form.

/** `950 us`, `3.2 ms`, `41 ms`, `1.42 s` from microseconds. */
export function formatMicroseconds(us: number): string {
  if (us < 1000) return `${Math.round(us)} us`;
  if (us < 10_000) return `${(us / 1000).toFixed(1)} ms`;
  if (us < 1_000_000) return `${Math.round(us / 1000)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}

/** `17:04:09.120` in local time. */
export function formatClock(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
