-- A page of a table of the projection, for a new register's first pull. Records after an id, in key order: the names of the columns, and the rows as record_send spells them (record-page.ts reads them). Ledger rows after (changeset, idx), as one JSON array, with the hash of their changeset; bytes are spelt \x and hex.
-- Always by the key's index: without statistics the planner would sort the whole table for each page.
drop function if exists hub.page(text, uuid, int);
create function hub.page(table_name text, after uuid, max_rows int, out columns text[], out records bytea)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  select array_agg(a.attname::text order by a.attnum) into columns
    from pg_attribute a where a.attrelid = to_regclass(format('shop.%I', table_name)) and a.attnum > 0 and not a.attisdropped;
  records := '';
  if not 'id' = any(columns) or columns is null then
    return;
  end if;
  execute format(
    'select string_agg(record_send(r), '''') from (select t.* from shop.%I t where t.id > $1 order by t.id limit $2) r', table_name)
    into records using coalesce(after, '00000000-0000-0000-0000-000000000000'), least(max_rows, 5000);
end
$$;

drop function if exists hub.page_ledger(text, bigint, int, int);
create function hub.page_ledger(table_name text, after_changeset bigint, after_idx int, max_rows int) returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  rows_text text;
begin
  if not exists (select from pg_attribute a where a.attrelid = to_regclass(format('shop.%I', table_name)) and a.attname = 'idx') then
    return '[]';
  end if;
  execute format(
    'select string_agg(row_to_json(r)::text, '','') from (
       select t.*, f.hash as changeset_hash, f.chain as changeset_chain, f.n as changeset_n
       from (select l.* from shop.%I l where (l.changeset, l.idx) > ($1, $2) order by l.changeset, l.idx limit $3) t
       left join hub.feed f on f.position = t.changeset order by t.changeset, t.idx) r', table_name)
    into rows_text using after_changeset, after_idx, least(max_rows, 5000);
  return '[' || coalesce(rows_text, '') || ']';
end
$$;
