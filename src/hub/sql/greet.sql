-- Which shop this is, which raising of its hub, how far its feed goes, and its clock.
create or replace function hub.greet()
returns table (role text, shop_id uuid, shop_name text, protocol_version int, incarnation_number bigint, incarnation_id uuid,
  clock_ms bigint, "position" bigint, running_hash bytea, projected bigint)
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select session_user::text, s.shop_id, s.name, s.protocol_version, s.incarnation_number, s.incarnation_id,
    (extract(epoch from clock_timestamp()) * 1000)::bigint, h.position, h.running_hash, p.position
  from hub.shop s, hub.head h, hub.projection p
$$;
