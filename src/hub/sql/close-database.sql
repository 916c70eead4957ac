-- Run in aurapos_shop: nobody may do anything there but what is granted by name.
revoke all on database aurapos_shop from public;
grant connect on database aurapos_shop to aurapos_register, aurapos_pairing;
grant create on database aurapos_shop to aurapos_hub;
revoke all on schema public from public;
