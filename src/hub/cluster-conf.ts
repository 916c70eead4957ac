/**
 * What the cluster's configuration says: TLS 1.3 only, who may come in from where, and sizes that follow the number of registers.
 * Pure text; cluster.ts writes it.
 */

export const SUPERUSER = 'aurapos_master';
export const SHOP_DATABASE = 'aurapos_shop';
export const FRONT_DOOR_DATABASE = 'aurapos';
export const FRONT_DOOR_ROLE = 'aurapos';
export const REGISTER_GROUP = 'aurapos_register';
/** Of the role of each register; its pairing follows. */
export const MEMBER_PREFIX = 'aurapos_r_';
export const PAIRING_ROLE = 'aurapos_pairing';
export const OWNER_ROLE = 'aurapos_hub';

/** Passwords of registers have 256 bits: iterations would add nothing to them. */
export const REGISTER_SCRAM_ITERATIONS = 4_096;
/** A pairing code has 60 bits and ten minutes. */
export const PAIRING_SCRAM_ITERATIONS = 100_000;

export interface ClusterSettings {
  /** Addresses to listen on; `*` for all. */
  readonly listen: string;
  readonly port: number;
  /** How many registers the shop has room for. */
  readonly registers: number;
  readonly memoryBytes: number;
  /** Do others get in? Not while a hub is being filled, before it knows who they are. */
  readonly open: boolean;
}

const MIB = 1024 * 1024;

/** Two for each register, and room for pairing, the front door, the master's own work and an administrator. */
export function maxConnections(registers: number): number {
  return 2 * registers + 40;
}

/** A sixteenth of the machine's memory, which sells as well, between 64 and 512 MiB. */
export function sharedBuffersMib(memoryBytes: number): number {
  return Math.round(Math.min(512, Math.max(64, memoryBytes / 16 / MIB)));
}

export function clusterConf(settings: ClusterSettings): string {
  const lines: readonly (readonly [string, string | number])[] = [
    ['listen_addresses', settings.listen],
    ['port', settings.port],
    ['unix_socket_directories', ''],
    ['max_connections', maxConnections(settings.registers)],
    ['superuser_reserved_connections', 5],
    // Who has not logged in yet holds a connection too.
    ['authentication_timeout', '10s'],
    ['shared_buffers', `${sharedBuffersMib(settings.memoryBytes)}MB`],
    ['work_mem', '8MB'],
    ['max_parallel_workers_per_gather', 0],
    ['jit', 'off'],
    // ---- TLS: certificates of clients are never asked for (no ssl_ca_file), so none is ever parsed
    ['ssl', 'on'],
    ['ssl_cert_file', 'server.crt'],
    ['ssl_key_file', 'server.key'],
    ['ssl_min_protocol_version', 'TLSv1.3'],
    ['password_encryption', 'scram-sha-256'],
    ['scram_iterations', REGISTER_SCRAM_ITERATIONS],
    // ---- nothing acknowledged is lost
    ['fsync', 'on'],
    ['full_page_writes', 'on'],
    ['synchronous_commit', 'on'],
    // ---- no standby and no replication stream: none to defend
    ['wal_level', 'minimal'],
    ['max_wal_senders', 0],
    ['max_wal_size', '1GB'],
    ['checkpoint_completion_target', '0.9'],
    // ---- a peer that is gone gives its connection back
    ['tcp_keepalives_idle', 5],
    ['tcp_keepalives_interval', 2],
    ['tcp_keepalives_count', 3],
    ['tcp_user_timeout', '10s'],
    ['client_connection_check_interval', '2s'],
    ['idle_in_transaction_session_timeout', '30s'],
    ['max_prepared_transactions', 0],
    // ---- logging to pg_ctl's file; parameters may be personal
    ['log_min_messages', 'warning'],
    ['log_min_error_statement', 'panic'],
    ['log_connections', ''],
    ['log_line_prefix', '%m [%p] %u@%d '],
    ['log_timezone', 'UTC'],
    ['timezone', 'UTC'],
    ['lc_messages', 'C'],
    ['cluster_name', 'aurapos'],
  ];
  return `# Written by AuraPOS at each start; edits are lost.\n${lines.map(([name, value]) => `${name} = ${typeof value === 'number' ? value : `'${value}'`}`).join('\n')}\n`;
}

/** First match wins, and what no line names stays out. `open`: others than this machine get in. */
export function hbaConf(open: boolean): string {
  const others: readonly (readonly string[])[] = [
    ['hostssl', FRONT_DOOR_DATABASE, FRONT_DOOR_ROLE, 'all', 'scram-sha-256'],
    ['hostssl', SHOP_DATABASE, `+${REGISTER_GROUP}`, 'all', 'scram-sha-256'],
    ['hostssl', SHOP_DATABASE, PAIRING_ROLE, 'all', 'scram-sha-256'],
  ];
  const lines: readonly (readonly string[])[] = [
    ['hostssl', 'all', SUPERUSER, '127.0.0.1/32', 'scram-sha-256'],
    ['hostssl', 'all', SUPERUSER, '::1/128', 'scram-sha-256'],
    ['host', 'all', SUPERUSER, 'all', 'reject'],
    ...(open ? others : [['hostssl', SHOP_DATABASE, `+${REGISTER_GROUP}`, '127.0.0.1/32', 'scram-sha-256']]),
    // Left out while it is closed, so that a register can tell "not yet" from "not you".
    ...(open
      ? [
          ['local', 'all', 'all', 'reject'],
          ['host', 'all', 'all', 'all', 'reject'],
        ]
      : []),
  ];
  return `# Written by AuraPOS at each start; edits are lost.\n${lines.map((line) => line.join('\t')).join('\n')}\n`;
}
