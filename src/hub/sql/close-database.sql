-- Run in aurapos_shop: nobody may do anything there but what is granted by name.
revoke all on database aurapos_shop from public;
grant connect on database aurapos_shop to aurapos_register, aurapos_pairing;
grant create on database aurapos_shop to aurapos_hub;
revoke all on schema public from public;
revoke usage on language plpgsql from public;
revoke usage on language sql from public;
grant usage on language plpgsql, sql to aurapos_hub;
-- Large objects are files that any role could fill the disk with.
revoke execute on function lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(int, bytea),
  lo_open(oid, int), lo_truncate(int, int), lo_truncate64(int, bigint), lo_unlink(oid) from public;
