/**
 * The day that what is sold now is booked under. It may end after midnight, where a shop stays open that long: what is sold before its end
 * belongs to the evening that it began on.
 */
import { localDay, utcOffsetMinutes } from '../base/clock.ts';
import type { Database } from '../store/database.ts';
import { sellingSetting } from './set-selling.ts';

/** The trading day (yyyymmdd) of an instant (UTC milliseconds), by this machine's time zone and the shop's setting. */
export function tradingDayAt(db: Database, atMs: number): number {
  return localDay(atMs, utcOffsetMinutes(atMs) - sellingSetting(db, 'dayEndsAt'));
}
