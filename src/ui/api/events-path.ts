/** Where the event stream is; apart from the routes' file, whose schemas the screens must not carry. route-paths.test.ts holds it. */
export const EVENTS_PATH = '/api/events';
