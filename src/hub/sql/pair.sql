-- A new register, logged in with the one-time code, says who it is; the master answers. One request a code.
-- of_shop and of_register: what it was before, if it was one of several; the master decides whether it is that again.
drop function if exists hub.pair_request(bytea, text, text);
create or replace function hub.pair_request(public_key bytea, name text, version text, of_shop uuid, of_register uuid) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  made uuid;
begin
  perform from hub.head h where h.one for update;
  if exists (select from hub.pairing_request) then
    raise exception 'this code was used' using errcode = 'AU001';
  end if;
  if octet_length(public_key) is distinct from 32 or name is null or version is null then
    raise exception 'not a request' using errcode = 'AU002';
  end if;
  insert into hub.pairing_request (pairing, public_key, name, version, shop, register)
    values (gen_random_uuid(), public_key, left(name, 200), left(version, 40), of_shop, of_register) returning pairing into made;
  perform pg_notify('pairing', '');
  return made;
end
$$;

-- Null until the master has answered.
create or replace function hub.pair_result(of_pairing uuid) returns json
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.answer from hub.pairing_request p where p.pairing = of_pairing and p.answered
$$;

-- The register has what it came for: the answer, which holds its password, is kept no longer.
create or replace function hub.pair_done(of_pairing uuid) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update hub.pairing_request p set answer = null where p.pairing = of_pairing and p.answered;
  select pg_notify('pairing', 'done')
$$;
