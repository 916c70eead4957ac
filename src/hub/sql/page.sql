-- A page of a table of the projection, for a new register's first pull: rows as JSON without their nulls, in key order.
-- Bytes are spelt \x and hex. Records after an id; ledger rows after (changeset, idx), with the hash of their changeset.
create or replace function hub.page(table_name text, after uuid, max_rows int) returns setof json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from pg_attribute a where a.attrelid = to_regclass(format('shop.%I', table_name)) and a.attname = 'id') then
    return;
  end if;
  return query execute format(
    'select json_strip_nulls(row_to_json(t)) from shop.%I t where $1 is null or t.id > $1 order by t.id limit $2', table_name)
    using after, least(max_rows, 5000);
end
$$;

create or replace function hub.page_ledger(table_name text, after_changeset bigint, after_idx int, max_rows int) returns setof json
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from pg_attribute a where a.attrelid = to_regclass(format('shop.%I', table_name)) and a.attname = 'idx') then
    return;
  end if;
  return query execute format(
    'select json_strip_nulls(row_to_json(r)) from (
       select t.*, f.hash as changeset_hash, f.chain as changeset_chain, f.n as changeset_n
       from shop.%I t left join hub.feed f on f.position = t.changeset
       where (t.changeset, t.idx) > ($1, $2) order by t.changeset, t.idx limit $3) r', table_name)
    using after_changeset, after_idx, least(max_rows, 5000);
end
$$;
