/**
 * The login roles of registers: made, made again when a hub is raised from a sealed box, revoked.
 * A role may connect to the shop's database and execute what aurapos_register may: nothing else, and as nobody else.
 */
import { assert } from '../base/assert.ts';
import type { Random } from '../base/random.ts';
import type { SqlLink } from './sql-link.ts';
import { MEMBER_PREFIX, REGISTER_GROUP, REGISTER_SCRAM_ITERATIONS } from './cluster-conf.ts';
import { makeScramVerifier } from './scram-verifier.ts';
import { registerPassword } from './sealed-box.ts';

/** Push and pull, bulk copies, and one of each while the old ones are not yet known to be dead. */
const CONNECTIONS_PER_REGISTER = 4;

export interface Member {
  readonly role: string;
  readonly register: string;
  readonly pairing: string;
  readonly revoked: boolean;
}

export function memberRole(pairing: string): string {
  const role = `${MEMBER_PREFIX}${pairing.replaceAll('-', '')}`;
  assert(/^aurapos_r_[0-9a-f]{32}$/.test(role), 'a pairing is a UUID');
  return role;
}

/** Makes the role of this pairing, or puts it right. `link` is of whoever set the hub up, in the shop's database. */
export async function ensureMember(
  link: SqlLink,
  secret: Uint8Array,
  member: { readonly register: string; readonly pairing: string },
  random: Random,
): Promise<Member> {
  const role = memberRole(member.pairing);
  const verifier = await makeScramVerifier(registerPassword(secret, member.pairing), REGISTER_SCRAM_ITERATIONS, random);
  await link.run(`
    begin;
    do $$ begin if not exists (select from pg_roles where rolname = '${role}') then create role ${role}; end if; end $$;
    alter role ${role} login noinherit connection limit ${CONNECTIONS_PER_REGISTER} password '${verifier}';
    alter role ${role} set lock_timeout = '5s';
    alter role ${role} set statement_timeout = '30s';
    alter role ${role} set idle_in_transaction_session_timeout = '5s';
    do $$ begin
      if has_parameter_privilege('temp_file_limit', 'set') then alter role ${role} set temp_file_limit = '256MB'; end if;
    end $$;
    grant ${REGISTER_GROUP} to ${role} with inherit true, set false, admin false;
    commit`);
  await link.query(
    `insert into hub.member (role, register, pairing) values ($1, $2::uuid, $3::uuid)
     on conflict (role) do update set register = excluded.register, revoked = false`,
    [role, member.register, member.pairing],
  );
  return { role, register: member.register, pairing: member.pairing, revoked: false };
}

export function listMembers(link: SqlLink): Promise<readonly Member[]> {
  return link.query('select role, register, pairing, revoked from hub.member order by at');
}

/** At once: no login, no session, and nothing of its chains from the next n on. Returns the chains and that n. */
export async function revokeMember(
  link: SqlLink,
  role: string,
): Promise<readonly { readonly chain: Uint8Array; readonly fromN: number }[]> {
  await closeMember(link, role);
  return link.query(
    `update hub.chain c set denied_from = least(c.denied_from, (select coalesce(max(t.n), 0) + 1 from hub.tip t where t.chain = c.chain))
     where c.role = $1 returning c.chain, c.denied_from as "fromN"`,
    [role],
  );
}

/** At once: no login, no session. What it wrote is another question. */
export async function closeMember(link: SqlLink, role: string): Promise<void> {
  const [known] = await link.query<{ role: string }>('select role from hub.member where role = $1', [role]);
  assert(known !== undefined && /^aurapos_r_[0-9a-z_]+$/.test(known.role), 'only a register’s role is revoked');
  await link.run(`alter role ${known.role} nologin`);
  await link.query('update hub.member set revoked = true where role = $1', [role]);
  await link.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
}
