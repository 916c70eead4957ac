-- Values of personal columns that came with the feed after one position up to another.
create or replace function hub.detached_range(after bigint, upto bigint) returns table (hash bytea, salt bytea, value text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.hash, d.salt, d.value from hub.detached d where d.position > after and d.position <= upto order by d.position, d.hash
$$;

-- By hash: missing ones are asked for again, forgotten ones are never there.
create or replace function hub.detached_values(hashes bytea[]) returns table (hash bytea, salt bytea, value text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d.hash, d.salt, d.value from hub.detached d where d.hash = any (hashes[1:5000])
$$;

-- A register holds values that the hub lacks (it was put back from an older copy).
create or replace function hub.offer_detached(hashes bytea[], salts bytea[], plain text[]) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select hub.keep_detached((select h.position from hub.head h), hashes[1:5000], salts[1:5000], plain[1:5000])
$$;
