/** Refusals of set-up and storage, of the way to the master, of pairing, backups and joining: part of the table in refusals.ts. */
import { entry, type RefusalEntry } from './refusal-entry.ts';

export const STORAGE_REFUSALS = {
  // ---- set-up and storage
  'setup.needed': entry(409, 'This register is not set up yet.', 'Finish the first-launch steps.'),
  'setup.done': entry(409, 'This register is set up already.', 'Change it in Settings.'),
  'setup.running': entry(409, 'Set-up is at work already.', 'Wait for it to end.', true),
  'mode.not-master': entry(409, 'This register is not the master.', 'Do this on the main register.'),
  'mode.not-slave': entry(409, 'This register has no master elsewhere.', 'Do this on a register that joined a master.'),
  'mode.not-possible': entry(409, 'From {{from}} to {{to}} there is no way yet.', 'Set up a fresh register instead.'),
  'port.taken': entry(
    409,
    'Port {{port}} of this machine is used by another program.',
    'Is AuraPOS running already? Otherwise choose another with --port.',
  ),
  'storage.differs': entry(
    500,
    'Table {{table}} holds {{here}} rows here and {{there}} in the shop’s database.',
    'The move goes on by itself when AuraPOS starts again. Nothing was lost; this register keeps its data.',
    true,
  ),
  'store.newer': entry(
    409,
    'This data was written by a newer AuraPOS (store version {{found}}; this program knows {{known}}).',
    'Update AuraPOS on this register. Nothing was changed.',
  ),
  'store.corrupt': entry(
    500,
    'The data of this register is damaged: {{detail}}.',
    'Do not delete anything. Run `aurapos verify` and restore a backup, or join the shop again.',
  ),
  'store.in-use': entry(409, 'Another AuraPOS already uses this data.', 'Use the one that runs, or end it first.'),
  'disk.full': entry(507, 'The disk of this register is full.', 'Make room, then go on. Sales already paid are safe.', true),
  'disk.no-new-sale': entry(
    507,
    'The disk of this register is full: no new sale can begin.',
    'Make room on the disk. A sale that was open can still be paid, and those already paid are safe.',
    true,
  ),

  // ---- reaching the master
  'hub.no-answer': entry(
    502,
    'Nothing answers at {{host}}.',
    'Check the address on the master (Settings > Storage) and that the master is switched on.',
    true,
  ),
  'hub.port-closed': entry(
    502,
    'The machine at {{host}} answers, but port {{port}} is closed.',
    'On the master: start AuraPOS, and allow "PostgreSQL AuraPOS" in the firewall.',
    true,
  ),
  'hub.firewall': entry(
    502,
    'The machine at {{host}} is switched on, but lets nobody through to port {{port}}: a firewall.',
    'On the master: allow "PostgreSQL AuraPOS" in the firewall. Settings > Storage shows the command.',
    true,
  ),
  'hub.moved': entry(
    502,
    'Nothing answers at {{host}}, but a master announces itself at {{found}}: its address has changed.',
    'Use the address {{found}}.',
    true,
  ),
  'hub.other-subnet': entry(
    502,
    'Nothing answers at {{host}}, and that address is in another network than this register ({{own}}).',
    'Put both on the same network, or ask who set up the router.',
    true,
  ),
  'hub.not-aurapos': entry(
    502,
    'What answers at {{host}}:{{port}} is not an AuraPOS master.',
    'Check address and port on the master (Settings > Storage).',
  ),
  'hub.wrong-database': entry(404, 'The master has no database named {{database}}.', 'Leave the database name as it is: aurapos.'),
  'hub.version-apart': entry(409, 'The master runs AuraPOS {{theirs}}, this register {{ours}}: too far apart.', 'Update the older one.'),
  'hub.too-many-connections': entry(
    503,
    'The master has no connection free.',
    'Wait a moment; if it stays so, restart AuraPOS on the master.',
    true,
  ),
  'hub.clock-apart': entry(
    409,
    'The clocks of this register and the master differ by {{seconds}} seconds.',
    'Set the clock of the one that is wrong, then try again.',
  ),
  'hub.replaced': entry(
    409,
    'Another register is the main register now; what answers is the one before it.',
    'Nothing: this register looks for the new one by itself. If it does not find it, type its address in Settings > Storage.',
    true,
  ),
  'hub.starting': entry(503, 'The database of the master is starting.', 'Wait a moment.', true),
  'hub.front-door-closed': entry(
    403,
    'The master does not answer connection tests.',
    'Turn them on at the master (Settings > Storage), or go on with the pairing code.',
  ),
  'hub.not-trusted': entry(
    502,
    'What answers at {{host}} cannot prove that it is the master of this shop.',
    'Do not go on. Check the address; if it is right, somebody may be listening on this network.',
  ),
  'hub.postgres-missing': entry(
    500,
    'PostgreSQL 18 is not there for this kind of machine ({{platform}}).',
    'Install PostgreSQL 18 and start again; AuraPOS uses it for a cluster of its own.',
  ),
  'hub.postgres-failed': entry(500, 'PostgreSQL did not start: {{detail}}.', 'Read the last lines of {{logFile}}.', true),
  'hub.no-user': entry(
    500,
    'PostgreSQL cannot run as root, and there is no other user for it.',
    'Create one: useradd --system aurapos. Then start again.',
  ),
  'hub.port-taken': entry(409, 'Port {{port}} is used by another program on this machine.', 'Choose another port, or end that program.'),
  'hub.projection-moved': entry(409, 'Another program writes the tables of this hub.', 'Run AuraPOS once on this machine.', true),
  'hub.standby': entry(
    503,
    'The database server at {{host}} only reads: it is a standby, or was made one.',
    'Nothing: as soon as one of the servers takes writes, everything goes on. If the primary is gone, promote a standby.',
    true,
  ),
  'hub.url-login': entry(
    401,
    'The database server does not let {{user}} in with this password.',
    'Check user and password in the address of the database server.',
  ),
  'hub.url-too-old': entry(409, 'The database server runs PostgreSQL {{version}}; it takes 18 or newer.', 'Use a newer server.'),
  'hub.url-may-not': entry(
    403,
    'The user {{user}} may not do this on the database server: {{what}}.',
    'Ask its administrator to run: {{sql}} Then do it again.',
  ),
  'hub.url-other-shop': entry(
    409,
    'The database server already holds another shop.',
    'A server holds one shop. Use another server for this one.',
  ),
  'hub.disk-full': entry(
    507,
    'The disk of the master is full.',
    'Make room on the master. Every register goes on selling and keeps its sales.',
    true,
  ),

  // ---- pairing
  'pairing.wrong-code': entry(
    401,
    'That code is not right, was used, or has run out.',
    'Ask for a new code on the master (Registers > Pair a register).',
  ),
  'pairing.other-shop': entry(
    409,
    'This register belongs to another shop than that master.',
    'Ask for a code on the master of its own shop, or set up a fresh register.',
  ),
  'pairing.not-known': entry(
    403,
    'The main register does not know this register any more.',
    'Pair it again with a code from the main register (Settings > Storage). It keeps all its data.',
  ),
  'pairing.revoked': entry(403, 'This register was revoked.', 'Pair it again with a new code from the master.'),
  'master.replaced': entry(
    409,
    '{{register}} is the main register now.',
    'Let this register join it: Settings > Storage. What was sold here goes along.',
  ),
  'master.keys-missing': entry(
    409,
    'The keys of the shop’s database are not on this machine.',
    'Make this register the main one again with the owner’s recovery code: Settings > Storage.',
  ),
  'storage.not-full-copy': entry(
    409,
    'This register does not hold all of the shop yet: {{left}} changes are missing.',
    'Wait until it has taken them from the main register.',
    true,
  ),
  'recovery.wrong-code': entry(401, 'That recovery code does not open this shop.', 'Check it letter by letter on the printed sheet.'),

  // ---- backups
  'backup.not-chosen': entry(409, 'Nobody has said where backups of this register go.', 'Choose a folder in Settings > Backups.'),
  'backup.target-gone': entry(
    503,
    'The place for backups, {{target}}, is not there, or is not the one that was chosen.',
    'Plug the stick in, or connect the network folder; or choose another place in Settings > Backups. Earlier backups stay as they are.',
    true,
  ),
  'backup.target-full': entry(
    507,
    'The place for backups, {{target}}, is full.',
    'Make room on it, keep fewer backups, or choose another place. Earlier backups stay as they are.',
    true,
  ),
  'backup.no-room': entry(
    507,
    'A backup needs {{megabytes}} MB more on the disk of this register while it is made.',
    'Make room on the disk. Earlier backups stay as they are.',
    true,
  ),
  'backup.rotten': entry(
    500,
    'The backup file {{file}} is not what was written.',
    'Use another backup of the list, and another disk or stick for the next ones.',
  ),
  'backup.differs': entry(
    500,
    'Tried out, the backup {{name}} does not hold what it says: {{detail}}.',
    'Use another backup of the list, and make a new one now.',
  ),
  'backup.none': entry(404, 'There is no backup in {{folder}}.', 'Choose the folder that backups were made into.'),
  'backup.which': entry(409, 'There are backups of several registers in {{folder}}: {{registers}}.', 'Choose the folder of one of them.'),
  'backup.code-needed': entry(401, 'This backup is encrypted.', 'Type the owner’s recovery code.'),
  'backup.cut-short': entry(
    500,
    'The backup was cut short.',
    'It is made again at the next occasion. Earlier backups stay as they are.',
    true,
  ),
  'restore.under-way': entry(
    409,
    'This register is just being put back from a backup.',
    'Go on in a moment, once it has started anew.',
    true,
  ),
  'restore.cart-open': entry(
    409,
    'A sale is open on this register, and would not be there after the restore.',
    'Finish it, hold it or empty it first.',
  ),
  'restore.not-level': entry(
    409,
    'This register was restored from a backup and has not yet taken its later sales back from the shop.',
    'Connect it to the main register, or choose “Go on without” in Settings > Backups.',
    true,
  ),

  // ---- joining another shop
  'joining.none': entry(409, 'This register is not about to join another shop.', 'Begin in Settings > Storage.'),
  'joining.begun': entry(409, 'This register is about to join another shop.', 'Go on with that, or stay as it is, in Settings > Storage.'),
  'joining.own-shop': entry(409, 'That is the shop this register belonged to.', 'Pair it with its shop again: it keeps its data as it is.'),
  'joining.currency': entry(
    409,
    'That shop counts in {{theirs}}, this register in {{ours}}.',
    'Join it and bring nothing: what is here stays readable in the kept file.',
  ),
  'joining.sales-alone': entry(
    400,
    'Sales name products and customers.',
    'Bring products and customers too, or leave the sales in the kept file.',
  ),
  'joining.leaving': entry(409, 'This register is just joining the other shop.', 'Go on in a moment, once it has started anew.', true),
  'joining.cut': entry(409, 'The work was ended before it was done.', 'Begin it again: it goes on where it was.', true),
  'invoice.brought-in': entry(
    409,
    'This sale was made in another store, where its papers are kept.',
    'Make its invoice from the papers of that store.',
  ),
} as const satisfies Record<string, RefusalEntry>;
