/**
 * The hub's named limits, each with its reason. Those that SQL holds too say so; a test compares them.
 */

/** Changesets in one push, admit or offer: a second or so of work for the hub (sql/admit-batch.sql). */
export const MAX_PUSH_COUNT = 1_000;
/** Bodies in one push: the arrays travel as hex, and PostgreSQL takes no value near a gigabyte; this keeps a push under the time limit. */
export const MAX_PUSH_BYTES = 8 * 1024 * 1024;
/** One changeset's body (sql/admit-batch.sql, sql/offer.sql). */
export const MAX_BODY_BYTES = 256 * 1024;
/** Rows in one pull (sql/pull.sql). */
export const MAX_PULL_COUNT = 5_000;
/** Bodies in one pull (sql/pull.sql). */
export const MAX_PULL_BYTES = 16 * 1024 * 1024;
/** Hashes in one fetch (sql/fetch.sql). */
export const MAX_FETCH_COUNT = 1_000;
/** Detached values asked for at once (sql/read-detached.sql). */
export const MAX_DETACHED_COUNT = 5_000;
/** Rows in one page of a first pull (sql/page.sql). */
export const MAX_PAGE_ROWS = 5_000;

/** Every call to the hub ends by then: answered, or its connection destroyed. */
export const CALL_TIMEOUT_MS = 10_000;
/** An idle connection asks for a sign of life this often, and gives up after HEARTBEAT_TIMEOUT_MS: a dead peer shows within 3 s. */
export const HEARTBEAT_EVERY_MS = 1_000;
export const HEARTBEAT_TIMEOUT_MS = 1_400;
export const CONNECT_TIMEOUT_MS = 5_000;
