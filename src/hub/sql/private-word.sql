-- What the master has to say to one register alone: nobody else reads it, and it lies here only until it is taken, or taken back.
create or replace function hub.hear_word() returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select w.word from hub.private_word w where w.role = session_user
$$;

-- It is kept by the register now.
create or replace function hub.heard_word() returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  delete from hub.private_word w where w.role = session_user
$$;
