/** Where the event stream is, and the header of a granted right; apart from the routes' file, whose schemas the screens must not carry. route-paths.test.ts holds it. */
export const EVENTS_PATH = '/api/events';
export const GRANT_HEADER = 'aurapos-grant';
