/** PGlite as a SqlLink: the hub's real SQL in this process, for tests. */
import type { PGlite } from '@electric-sql/pglite';
import type { SqlLink } from '../sql-link.ts';

const BYTEA = 17;

export function pgliteLink(db: PGlite): SqlLink {
  return {
    async query<Row>(text: string, params: readonly unknown[] = []) {
      const { rows } = await db.query<Row>(text, [...params], { parsers: { [BYTEA]: (hex: string) => Buffer.from(hex.slice(2), 'hex') } });
      return rows;
    },
    async run(text) {
      await db.exec(text);
    },
    async listen(channel, onPayload) {
      await db.listen(channel, onPayload);
    },
    onLost() {
      // In one process there is no link to lose; whoever simulates a lost one wraps this.
    },
    close: () => Promise.resolve(),
  };
}
