-- Run in aurapos_shop, by a superuser: no code of their own for registers, and no large objects, which are files that any role could fill
-- the disk with.
revoke usage on language plpgsql from public;
revoke usage on language sql from public;
grant usage on language plpgsql, sql to aurapos_hub;
revoke execute on function lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(int, bytea),
  lo_open(oid, int), lo_truncate(int, int), lo_truncate64(int, bigint), lo_unlink(oid) from public;
