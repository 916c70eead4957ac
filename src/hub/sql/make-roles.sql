-- Roles of the cluster, made once. Nobody logs in as aurapos_hub (it owns what the functions touch) nor as aurapos_register (what every
-- register's role may do).
do $$
declare
  wanted text;
begin
  foreach wanted in array array['aurapos_hub', 'aurapos_register', 'aurapos_pairing'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin noinherit', wanted);
    end if;
  end loop;
end
$$;
