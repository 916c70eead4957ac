/** Days as a date field holds them, in the time of where this register stands. */

/** `2026-11-28` for an instant. */
export function dayText(ms: number): string {
  const day = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The instant at which a day begins, `later` days on; null for what is no day. */
export function startOfDay(text: string, later = 0): number | null {
  const day = new Date(`${text}T00:00:00`);
  day.setDate(day.getDate() + later);
  return Number.isSafeInteger(day.getTime()) ? day.getTime() : null;
}
