-- Wakes whoever listens: with the changeset itself when it is one, small, and nothing lies detached beside it; else with a position.
-- Says nothing while the notification queue is a quarter full, because a full one would fail the transaction: registers poll too.
create or replace function hub.wake(at_position bigint, alone boolean) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  max_payload constant int := 7500;        -- PostgreSQL takes below 8000 bytes
  payload text;
begin
  if pg_notification_queue_usage() > 0.25 then
    return;
  end if;
  if alone then
    select json_build_object(
        'position', f.position,
        'before', encode(coalesce(b.running_hash, decode(repeat('00', 32), 'hex')), 'hex'),
        'after', encode(f.running_hash, 'hex'),
        'chain', encode(f.chain, 'hex'), 'n', f.n, 'previous', encode(f.previous, 'hex'), 'hash', encode(f.hash, 'hex'),
        'signature', encode(f.signature, 'hex'), 'body', replace(encode(f.body, 'base64'), E'\n', ''))::text
      into payload
      from hub.feed f left join hub.feed b on b.position = f.position - 1
      where f.position = at_position and octet_length(f.body) < 5000;
  end if;
  if payload is null or octet_length(payload) > max_payload then
    payload := json_build_object('position', at_position)::text;
  end if;
  perform pg_notify('feed', payload);
end
$$;
