-- The feed after a position, at most max_count rows and about max_bytes of bodies, one row at least.
-- If the feed up to `after` is not the one the caller read (its running hash differs, or the feed is shorter), one row without a
-- position says so: diverged.
create or replace function hub.pull(after bigint, running bytea, max_count int, max_bytes bigint)
returns table ("position" bigint, chain bytea, n bigint, previous bytea, hash bytea, signature bytea, body bytea, running_hash bytea)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  total bigint := 0;
begin
  if after > 0 then
    perform from hub.feed f where f.position = after and f.running_hash = running;
    if not found then
      return next;
      return;
    end if;
  end if;
  for "position", chain, n, previous, hash, signature, body, running_hash in
    select f.position, f.chain, f.n, f.previous, f.hash, f.signature, f.body, f.running_hash
    from hub.feed f where f.position > after order by f.position limit least(max_count, 5000)
  loop
    total := total + octet_length(body);
    exit when total > least(max_bytes, 16777216) and total > octet_length(body);
    return next;
  end loop;
end
$$;
