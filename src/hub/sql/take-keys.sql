-- The register that is to host the shop's database from now on takes the shop's keys; nobody else sees them, and they lie here only until
-- the master steps down, or thinks better of it.
create or replace function hub.take_keys() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select h.keys from hub.hand_over h where h.role = session_user
$$;
