-- Run in the database aurapos: an empty hall with one function. Everything that PostgreSQL gives to everybody is taken away here; the
-- superuser alone needs none of it back.
revoke all on database aurapos from public;
revoke all on schema public, pg_catalog, information_schema from public;
revoke execute on all functions in schema pg_catalog, information_schema from public;
revoke execute on all procedures in schema pg_catalog from public;
revoke select on all tables in schema pg_catalog, information_schema from public;
drop extension if exists plpgsql;
revoke usage on language sql from public;
