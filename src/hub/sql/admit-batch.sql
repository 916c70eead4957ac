-- Judges changesets in the order given and appends the good ones to the feed: the one way in, for push, admit and offered ones.
-- own: only chains of by_role, and a changeset 1 claims its chain. Not own (the master): every chain, below what is held, and a first
-- one at any n. force: also what a revocation denies. Verdicts: accepted, duplicate, forked (accepted, a fork), later, denied.
-- A bad one never fails the batch. Holds the head row from here to the end of the transaction.
create or replace function hub.admit_batch(
  by_role text, own boolean, force boolean,
  chains bytea[], ns bigint[], previouses bytea[], hashes bytea[], signatures bytea[], bodies bytea[]
) returns table (i bigint, verdict text, reason text, at_position bigint, running_after bytea)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  max_count constant int := 1000;          -- as MAX_PUSH_COUNT in hub-limits.ts
  max_body constant int := 262144;
  max_chains constant int := 200;          -- chains one role may begin: a restore a day for half a year
  c record;
  owned hub.chain%rowtype;
  owned_known boolean := false;            -- whether owned is the row of tip_chain
  tip_chain bytea := null;                 -- the chain whose newest held changeset tip_hash is, while one writer's run goes by
  tip_hash bytea := null;
  tip_n bigint := 0;
  stored_tip bytea := null;                -- what hub.tip says for it until the run is written back
  head_position bigint;
  head_running bytea;
  found_position bigint;
  found_running bytea;
  found_chain bytea;
  found_n bigint;
  is_fork boolean;
  is_below boolean;
begin
  select h.position, h.running_hash into strict head_position, head_running from hub.head h where h.one for update;

  for c in
    select u.ord, u.chain, u.n, u.previous, u.hash, u.signature, u.body,
      coalesce(octet_length(u.chain) = 16 and u.n between 1 and 9007199254740991 and octet_length(u.previous) = 32
        and octet_length(u.hash) = 32 and octet_length(u.signature) = 64 and octet_length(u.body) between 1 and max_body, false) as formed,
      coalesce(sha256(u.previous || int8send(u.n) || sha256(u.body)) = u.hash, false) as hashed
    from unnest(chains, ns, previouses, hashes, signatures, bodies) with ordinality
      as u(chain, n, previous, hash, signature, body, ord)
    order by u.ord
  loop
    i := c.ord;
    at_position := null;
    running_after := null;
    is_fork := false;
    is_below := false;

    if c.ord > max_count then
      verdict := 'later'; reason := 'batch'; return next; continue;
    end if;
    if not c.formed then
      verdict := 'denied'; reason := 'form'; return next; continue;
    end if;
    if not c.hashed then
      verdict := 'denied'; reason := 'hash'; return next; continue;
    end if;

    if tip_chain is distinct from c.chain then
      if tip_hash is distinct from stored_tip then
        delete from hub.tip t where t.hash = stored_tip;
        insert into hub.tip values (tip_hash, tip_chain, tip_n);
      end if;
      tip_chain := c.chain;
      select t.hash, t.n into tip_hash, tip_n from hub.tip t where t.chain = c.chain order by t.n desc, t.hash limit 1;
      stored_tip := tip_hash;
      select * into owned from hub.chain o where o.chain = c.chain;
      owned_known := found;
    end if;

    if owned_known and own and owned.role is distinct from by_role then
      if owned.role is null then
        verdict := 'later'; reason := 'unassigned';
      else
        verdict := 'denied'; reason := 'not-yours';
      end if;
      return next; continue;
    end if;

    -- The newest held has no follower, so what follows it is neither a duplicate nor a fork.
    if tip_hash is null or c.previous <> tip_hash or c.n <> tip_n + 1 then
      select f.position, f.running_hash into found_position, found_running from hub.feed f where f.hash = c.hash;
      if found then
        verdict := 'duplicate'; reason := null; at_position := found_position; running_after := found_running;
        return next; continue;
      end if;
      if c.n = 1 and substring(c.previous from 1 for 16) <> c.chain then
        verdict := 'denied'; reason := 'genesis'; return next; continue;
      end if;
      -- What is held of a chain has no gap: a 1 opens it only if nothing is held, or 1 is (then it is a fork).
      if c.n > 1 or (owned_known and owned.first_n > 1) then
        select f.chain, f.n into found_chain, found_n from hub.feed f where f.hash = c.previous;
        if not found then
          is_below := (not own and not owned_known)
            or exists (select from hub.feed f where f.chain = c.chain and f.n = c.n + 1 and f.previous = c.hash);
          if not is_below then
            verdict := 'later'; reason := 'predecessor'; return next; continue;
          end if;
        elsif found_chain <> c.chain or found_n <> c.n - 1 then
          verdict := 'denied'; reason := 'order'; return next; continue;
        end if;
      end if;
      is_fork := exists (select from hub.feed f where f.chain = c.chain and f.n = c.n and f.previous = c.previous);
    end if;

    if owned_known and c.n >= owned.denied_from and not force then
      verdict := 'denied'; reason := 'revoked'; return next; continue;
    end if;

    if not owned_known then
      if own and (select count(*) from hub.chain o where o.role = by_role) >= max_chains then
        verdict := 'denied'; reason := 'too-many-chains'; return next; continue;
      end if;
      insert into hub.chain (chain, role, first_n) values (c.chain, case when own then by_role end, c.n) returning * into owned;
      owned_known := true;
    elsif c.n < owned.first_n then
      update hub.chain o set first_n = c.n where o.chain = c.chain;
      owned.first_n := c.n;
    end if;

    head_position := head_position + 1;
    head_running := sha256(head_running || c.hash);
    insert into hub.feed (position, chain, n, previous, hash, signature, body, running_hash, role)
      values (head_position, c.chain, c.n, c.previous, c.hash, c.signature, c.body, head_running, by_role);

    if tip_hash is not distinct from c.previous then
      tip_hash := c.hash;
      tip_n := c.n;
    elsif not exists (select from hub.feed f where f.chain = c.chain and f.n = c.n + 1 and f.previous = c.hash) then
      -- A branch, the first of a chain, or the follower of another branch's tip. The run's own tip is written back first.
      if tip_hash is distinct from stored_tip then
        delete from hub.tip t where t.hash = stored_tip;
        insert into hub.tip values (tip_hash, tip_chain, tip_n);
      end if;
      delete from hub.tip t where t.hash = c.previous;
      insert into hub.tip values (c.hash, c.chain, c.n);
      tip_hash := c.hash;
      tip_n := c.n;
      stored_tip := c.hash;
    end if;

    verdict := 'accepted';
    if is_fork then
      verdict := 'forked';
      update hub.chain o set forked = true where o.chain = c.chain;
    end if;
    reason := null;
    at_position := head_position;
    running_after := head_running;
    return next;
  end loop;

  if tip_hash is distinct from stored_tip then
    delete from hub.tip t where t.hash = stored_tip;
    insert into hub.tip values (tip_hash, tip_chain, tip_n);
  end if;
  update hub.head h set position = head_position, running_hash = head_running where h.one and h.position <> head_position;
end
$$;
