-- Wakes whoever listens: with the changesets themselves (from first_new on; none where it is null) when they are few and small, else with a position.
-- Says nothing while the notification queue is a quarter full, because a full one would fail the transaction: registers poll too.
drop function if exists hub.wake(bigint, boolean);
create or replace function hub.wake(first_new bigint, last_new bigint) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  max_payload constant int := 7500;        -- PostgreSQL takes below 8000 bytes
  max_rows constant int := 8;              -- of a kilobyte each at least
  payload text;
begin
  if pg_notification_queue_usage() > 0.25 then
    return;
  end if;
  if last_new - first_new < max_rows then
    select json_build_object('position', last_new, 'rows', json_agg(json_build_object(
        'position', f.position, 'after', encode(f.running_hash, 'hex'),
        'chain', encode(f.chain, 'hex'), 'n', f.n, 'previous', encode(f.previous, 'hex'), 'hash', encode(f.hash, 'hex'),
        'signature', encode(f.signature, 'hex'), 'body', replace(encode(f.body, 'base64'), E'\n', '')) order by f.position))::text
      into payload
      from hub.feed f where f.position between first_new and last_new
      having sum(octet_length(f.body)) < 5000;
  end if;
  if payload is null or octet_length(payload) > max_payload then
    payload := json_build_object('position', last_new)::text;
  end if;
  perform pg_notify('feed', payload);
end
$$;
