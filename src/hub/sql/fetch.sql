-- Changesets by hash, about 16 MiB of bodies at most; ask again for the rest.
create or replace function hub.fetch(hashes bytea[])
returns table ("position" bigint, chain bytea, n bigint, previous bytea, hash bytea, signature bytea, body bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.position, s.chain, s.n, s.previous, s.hash, s.signature, s.body
  from (
    select f.*, sum(octet_length(f.body)) over (order by f.chain, f.n, f.hash) as total
    from hub.feed f where f.hash = any (hashes[1:1000])
  ) s
  where s.total - octet_length(s.body) <= 16777216
  order by s.chain, s.n, s.hash
$$;

-- A run of one chain, all branches, n from and to included.
create or replace function hub.fetch_chain(of_chain bytea, from_n bigint, to_n bigint)
returns table ("position" bigint, chain bytea, n bigint, previous bytea, hash bytea, signature bytea, body bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.position, s.chain, s.n, s.previous, s.hash, s.signature, s.body
  from (
    select f.*, sum(octet_length(f.body)) over (order by f.n, f.hash) as total
    from (select g.* from hub.feed g where g.chain = of_chain and g.n between from_n and to_n order by g.n, g.hash limit 1000) f
  ) s
  where s.total - octet_length(s.body) <= 16777216
  order by s.n, s.hash
$$;
