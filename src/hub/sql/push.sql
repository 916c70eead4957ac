-- The tail of a register's own chains. One row a changeset, in the order given; accepted ones have their place in the feed.
create or replace function hub.push(
  chains bytea[], ns bigint[], previouses bytea[], hashes bytea[], signatures bytea[], bodies bytea[],
  detached_hashes bytea[], detached_salts bytea[], detached_values text[]
) returns table (i bigint, verdict text, reason text, "position" bigint, running_hash bytea)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  first_new bigint;
  last_new bigint;
  r record;
begin
  for r in select * from hub.admit_batch(session_user, true, false, chains, ns, previouses, hashes, signatures, bodies) loop
    i := r.i; verdict := r.verdict; reason := r.reason; "position" := r.at_position; running_hash := r.running_after;
    if r.verdict in ('accepted', 'forked') then
      first_new := coalesce(first_new, r.at_position);
      last_new := r.at_position;
    end if;
    return next;
  end loop;
  if cardinality(detached_hashes) > 0 then
    perform hub.keep_detached(coalesce(first_new, (select h.position from hub.head h)), detached_hashes, detached_salts, detached_values);
  end if;
  if last_new is not null then
    perform hub.wake(case when cardinality(detached_hashes) = 0 then first_new end, last_new);
  end if;
end
$$;
