-- The master alone, at each start of the hub.
create or replace function hub.begin_incarnation(of_shop uuid, shop_name text, number bigint, id uuid, protocol int) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update hub.shop s set shop_id = of_shop, name = shop_name, incarnation_number = number, incarnation_id = id, protocol_version = protocol
$$;
