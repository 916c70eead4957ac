-- The master alone: admits those of `good`, drops those of `bad`. Upward first, then downward below what is held; what fits neither
-- way yet stays on offer (verdict later).
create or replace function hub.settle_offered(good bytea[], bad bytea[])
returns table (hash bytea, verdict text, reason text, "position" bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  upward boolean;
  taken hub.offered[];
  r record;
  last_new bigint;
begin
  delete from hub.offered o where o.hash = any (bad);
  foreach upward in array array[true, false] loop
    select array_agg(o order by o.chain, case when upward then o.n else -o.n end, o.hash) into taken
      from hub.offered o where o.hash = any (good);
    continue when taken is null;
    for r in
      select b.*, (taken[b.i]).hash as of_hash
      from hub.admit_batch(session_user, false, false,
        array(select t.chain from unnest(taken) t), array(select t.n from unnest(taken) t),
        array(select t.previous from unnest(taken) t), array(select t.hash from unnest(taken) t),
        array(select t.signature from unnest(taken) t), array(select t.body from unnest(taken) t)) b
    loop
      if r.verdict in ('accepted', 'forked') then
        last_new := r.at_position;
      end if;
      if r.verdict <> 'later' then
        delete from hub.offered o where o.hash = r.of_hash;
      elsif upward then
        continue;
      end if;
      hash := r.of_hash; verdict := r.verdict; reason := r.reason; "position" := r.at_position;
      return next;
    end loop;
  end loop;
  if last_new is not null then
    perform hub.wake(null, last_new);
  end if;
end
$$;
