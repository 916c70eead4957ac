-- What the hub holds, whole: for every chain its tips (one row each) and the first n held.
create or replace function hub.heads() returns table (chain bytea, n bigint, hash bytea, first_n bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select t.chain, t.n, t.hash, c.first_n from hub.tip t join hub.chain c on c.chain = t.chain order by t.chain, t.n, t.hash
$$;
