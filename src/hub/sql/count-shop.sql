-- What the projection holds of what an owner counts, for the progress of a move and of a first pull. Late bound: the tables come after.
create or replace function hub.count_shop()
returns table (products bigint, barcodes bigint, customers bigint, sales bigint)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query select
    (select count(*) from shop.product where deleted is not true),
    (select count(*) from shop.product_barcode where deleted is not true),
    (select count(*) from shop.customer where deleted is not true),
    (select count(*) from shop.sale);
end
$$;
