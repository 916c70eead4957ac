-- What registers may do: these functions, and nothing else. Run after every installation, in the same transaction.
revoke all on schema hub from public;
revoke all on all tables in schema hub from public;
revoke all on all functions in schema hub from public;
grant usage on schema hub to aurapos_register, aurapos_pairing;
grant execute on function hub.push, hub.pull, hub.heads, hub.fetch, hub.fetch_chain, hub.detached_range, hub.detached_values,
  hub.offer_detached, hub.offer, hub.page, hub.page_ledger, hub.count_shop, hub.announce, hub.take_keys, hub.greet to aurapos_register;
-- Not even their owner changes what is written.
revoke update, delete, truncate on hub.feed from aurapos_hub;
grant execute on function hub.pair_request, hub.pair_result, hub.pair_done to aurapos_pairing;
