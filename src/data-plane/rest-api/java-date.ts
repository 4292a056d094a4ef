/** A moment (milliseconds since the epoch) as Java writes it, and AWS with it: `Mon Nov 23 02:15:30 UTC 2026`. */
export function javaDate(at: number): string {
  const [weekday = '', day, month, year, time] = new Date(at).toUTCString().split(' ');
  return `${weekday.replace(',', '')} ${month} ${day} ${time} UTC ${year}`;
}
