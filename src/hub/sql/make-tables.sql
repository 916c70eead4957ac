-- The hub's own tables. Only functions of this schema touch them; registers hold no privilege on any.
-- Idempotent: installed again at every start of the master.
create schema if not exists hub;

-- One row: the shop, and which raising of its hub this is.
create table if not exists hub.shop (
  one boolean primary key default true check (one),
  shop_id uuid,
  name text,
  protocol_version int not null default 1,
  incarnation_number bigint not null default 0,
  incarnation_id uuid
);
insert into hub.shop (one) values (true) on conflict do nothing;

-- One row, locked by every push: positions are given in commit order because the next writer waits for the commit before it.
create table if not exists hub.head (
  one boolean primary key default true check (one),
  position bigint not null,
  running_hash bytea not null
);
insert into hub.head values (true, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;

create table if not exists hub.feed (
  position bigint primary key,
  chain bytea not null,
  n bigint not null,
  previous bytea not null,
  hash bytea not null unique,
  signature bytea not null,
  body bytea not null,
  running_hash bytea not null,
  role text not null,
  at timestamptz not null default clock_timestamp()
);
create index if not exists feed_chain_n on hub.feed (chain, n);
-- Bodies come compressed: trying again would cost time and gain nothing.
alter table hub.feed alter column body set storage external;

-- A chain's newest changesets: one, or one a branch once it forked.
create table if not exists hub.tip (
  hash bytea primary key,
  chain bytea not null,
  n bigint not null
);
create index if not exists tip_chain on hub.tip (chain);

create table if not exists hub.chain (
  chain bytea primary key,
  role text,
  first_n bigint not null,
  denied_from bigint,
  forked boolean not null default false
);
create index if not exists chain_role on hub.chain (role);

-- A login role and the register it stands for.
create table if not exists hub.member (
  role text primary key,
  register uuid not null,
  pairing uuid not null,
  revoked boolean not null default false,
  at timestamptz not null default clock_timestamp()
);

-- Values of personal columns: the only rows here that may be erased.
create table if not exists hub.detached (
  hash bytea primary key,
  salt bytea not null,
  value text not null,
  position bigint not null
);
create index if not exists detached_position on hub.detached (position);
create table if not exists hub.forgotten (hash bytea primary key);

-- Projected changesets that refer to one which the feed did not hold yet: their references are written when it comes.
create table if not exists hub.late_reference (
  target bytea,
  position bigint,
  primary key (target, position)
);

-- Changesets of any chain that the hub lacked, until the master has checked their signatures.
create table if not exists hub.offered (
  hash bytea primary key,
  chain bytea not null,
  n bigint not null,
  previous bytea not null,
  signature bytea not null,
  body bytea not null,
  role text not null,
  at timestamptz not null default clock_timestamp()
);
create index if not exists offered_role on hub.offered (role);

create table if not exists hub.pairing_request (
  pairing uuid primary key,
  public_key bytea not null,
  name text not null,
  version text not null,
  answer json,
  answered boolean not null default false,
  at timestamptz not null default clock_timestamp()
);

-- What the master has to say to one register alone.
create table if not exists hub.private_word (role text primary key, word text not null);

-- What the new register was before: it may belong to this shop already.
alter table hub.pairing_request add column if not exists shop uuid;
alter table hub.pairing_request add column if not exists register uuid;

-- Unlogged: a lost last-seen costs nothing, a flush for each would.
create unlogged table if not exists hub.presence (
  role text primary key,
  register uuid not null,
  waiting bigint not null,
  version text not null,
  delay_ms bigint not null,
  position bigint not null,
  last_seen timestamptz not null
);

-- One row: how far the projection is written. Its writer compares and sets, so a second writer stops.
create table if not exists hub.projection (
  one boolean primary key default true check (one),
  position bigint not null,
  running_hash bytea not null
);
insert into hub.projection values (true, 0, decode(repeat('00', 32), 'hex')) on conflict do nothing;
-- Which list of tables its writer had: a program with another one writes it all anew.
alter table hub.projection add column if not exists list_version int not null default 0;
-- The newest changeset that its writer had written itself: rows hold its edits before the feed does. A writer that lost it writes it all anew.
alter table hub.projection add column if not exists writer_tip bytea;
