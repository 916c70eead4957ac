-- Changesets of any chain that the hub lacks. They wait until the master has checked their signatures and admits them.
-- Verdicts: duplicate (in the feed), offered, later (too many wait), denied (bytes that do not fit).
create or replace function hub.offer(
  chains bytea[], ns bigint[], previouses bytea[], hashes bytea[], signatures bytea[], bodies bytea[],
  detached_hashes bytea[], detached_salts bytea[], detached_values text[]
) returns table (i bigint, verdict text, reason text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  max_waiting constant int := 5000;        -- a role's offers that may wait at once: 256 KiB each at most, 3.5 MB as sales go
  max_waiting_bytes constant bigint := 67108864;
  waiting bigint;
  waiting_bytes bigint;
  c record;
begin
  select count(*), coalesce(sum(octet_length(o.body)), 0) into waiting, waiting_bytes from hub.offered o where o.role = session_user;
  for c in
    select u.*,
      coalesce(octet_length(u.chain) = 16 and u.n between 1 and 9007199254740991 and octet_length(u.previous) = 32
        and octet_length(u.hash) = 32 and octet_length(u.signature) = 64 and octet_length(u.body) between 1 and 262144
        and sha256(u.previous || int8send(u.n) || sha256(u.body)) = u.hash, false) as fits
    from unnest(chains, ns, previouses, hashes, signatures, bodies) with ordinality as u(chain, n, previous, hash, signature, body, ord)
    order by u.ord
  loop
    i := c.ord;
    reason := null;
    if not c.fits then
      verdict := 'denied'; reason := 'form';
    elsif exists (select from hub.feed f where f.hash = c.hash) then
      verdict := 'duplicate';
    elsif exists (select from hub.chain o where o.chain = c.chain and c.n >= o.denied_from) then
      verdict := 'denied'; reason := 'revoked';
    elsif waiting >= max_waiting or waiting_bytes + octet_length(c.body) > max_waiting_bytes then
      verdict := 'later'; reason := 'full';
    else
      insert into hub.offered (hash, chain, n, previous, signature, body, role)
        values (c.hash, c.chain, c.n, c.previous, c.signature, c.body, session_user) on conflict (hash) do nothing;
      waiting := waiting + 1;
      waiting_bytes := waiting_bytes + octet_length(c.body);
      verdict := 'offered';
    end if;
    return next;
  end loop;
  if cardinality(detached_hashes) > 0 then
    perform hub.keep_detached((select h.position from hub.head h), detached_hashes, detached_salts, detached_values);
  end if;
  if pg_notification_queue_usage() <= 0.25 then
    perform pg_notify('offered', '');
  end if;
end
$$;
