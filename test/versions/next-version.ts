/**
 * For `node --import`: the program that is run becomes that of a later version, whose list of tables has a table of each kind, a column in a
 * group of its own, and a column of a ledger more. Nothing else of it differs.
 */
import { registerHooks, type LoadFnOutput } from 'node:module';

const LATER: readonly (readonly [from: RegExp, to: string])[] = [
  [/SCHEMA_VERSION = (\d+);/, 'SCHEMA_VERSION = $1 + 1;'],
  [/ {2}product: record\(\{/, '  loyalty_card: record({ card: { number: need(line), points: int } }),\n$&\n    colour: { colour: line },'],
  [/ {2}audit_entry: ledger\(\{/, '  loyalty_movement: ledger({ card: need(id), points: need(int) }),\n$&\n    mood: line,'],
];

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    return url.endsWith('/src/protocol/tables.ts') ? { ...loaded, source: makeLater(loaded.source) } : loaded;
  },
});

function makeLater(source: LoadFnOutput['source']): string {
  if (!ArrayBuffer.isView(source)) throw new Error('the list of tables is read as bytes');
  return LATER.reduce((text, [from, to]) => {
    if (!from.test(text)) throw new Error(`the list of tables no longer has ${String(from)}`);
    return text.replace(from, to);
  }, new TextDecoder().decode(source));
}
