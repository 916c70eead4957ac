-- The master alone: whose chain this is, as its certificate says. A chain that came by an offer belongs to nobody until then.
create or replace function hub.assign_chain(of_chain bytea, to_role text) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with done as (update hub.chain c set role = to_role where c.chain = of_chain returning 1) select exists (select from done)
$$;

-- The master alone: from this n on, pushes and offers of the chain are denied. Null opens it again.
create or replace function hub.deny_chain(of_chain bytea, from_n bigint) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with done as (update hub.chain c set denied_from = from_n where c.chain = of_chain returning 1) select exists (select from done)
$$;
