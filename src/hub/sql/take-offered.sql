-- The master alone: what was offered, oldest of each chain first.
create or replace function hub.take_offered(max_count int)
returns table (chain bytea, n bigint, previous bytea, hash bytea, signature bytea, body bytea, role text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select o.chain, o.n, o.previous, o.hash, o.signature, o.body, o.role
  from hub.offered o order by o.chain, o.n, o.hash limit max_count
$$;
