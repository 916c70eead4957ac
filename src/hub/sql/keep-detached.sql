-- Keeps values of personal columns whose salted hash is right and that nobody asked to forget. They are given the position of the
-- first changeset they came with, so that whoever reads up to any of those changesets is handed them too.
create or replace function hub.keep_detached(at_position bigint, hashes bytea[], salts bytea[], plain text[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into hub.detached (hash, salt, value, position)
  select u.hash, u.salt, u.value, at_position
  from unnest(hashes, salts, plain) as u(hash, salt, value)
  where octet_length(u.salt) = 16 and octet_length(u.value) <= 8000
    and sha256(u.salt || convert_to(u.value, 'UTF8')) = u.hash
    and not exists (select from hub.forgotten g where g.hash = u.hash)
  on conflict (hash) do nothing
$$;
