-- A register says how it stands; the answer is how everybody stands, and whether the master's part waits for this one.
drop function if exists hub.announce(uuid, bigint, text, bigint, bigint);
create or replace function hub.announce(of_register uuid, waiting bigint, version text, delay_ms bigint, at_position bigint)
returns table (register uuid, role text, waiting_count bigint, program_version text, delay bigint, "position" bigint, last_seen_ms bigint,
  called boolean)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into hub.presence values (session_user, of_register, waiting, left(version, 40), delay_ms, at_position, clock_timestamp())
    on conflict on constraint presence_pkey do update set register = excluded.register, waiting = excluded.waiting, version = excluded.version,
      delay_ms = excluded.delay_ms, position = excluded.position, last_seen = excluded.last_seen;
  return query
    select p.register, p.role, p.waiting, p.version, p.delay_ms, p.position, (extract(epoch from p.last_seen) * 1000)::bigint,
      p.role = session_user and exists (select from hub.hand_over h where h.role = p.role)
    from hub.presence p order by p.role;
end
$$;
