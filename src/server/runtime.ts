/**
 * A register process, put together: store, reading threads, sessions, jobs, events, and once the shop has several registers, what connects
 * them. Handlers of the HTTP API take it; the command line starts and stops it.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Refusal } from '../base/result.ts';
import type { Register } from '../register/register.ts';
import type { DiskRoom } from '../store/disk-room.ts';
import type { Reader } from '../store/reader.ts';
import type { BackupDesk } from './desks/backup-desk.ts';
import type { CardDesk } from './desks/card-desk.ts';
import type { FiscalDesk } from './desks/fiscal-desk.ts';
import type { EventBus } from './events.ts';
import type { Jobs } from './jobs.ts';
import type { JoiningDesk } from './joining/joining-desk.ts';
import type { GiveWay } from './give-way.ts';
import type { Sessions } from './sessions.ts';
import type { Network } from './network/network.ts';
import type { ImportDesk } from './desks/import-desk.ts';
import type { StocktakeDesk } from './desks/stocktake-desk.ts';
import type { PrintQueue } from './desks/print-queue.ts';
import type { LinkMeter } from './diagnosis/link-meter.ts';
import type { DelayLog } from './delay-log.ts';

export interface Runtime {
  readonly version: string;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly register: Register;
  readonly reader: Reader;
  readonly sessions: Sessions;
  readonly events: EventBus;
  readonly jobs: Jobs;
  readonly giveWay: GiveWay;
  readonly imports: ImportDesk;
  readonly stocktakes: StocktakeDesk;
  readonly cardDesk: CardDesk;
  readonly fiscalDesk: FiscalDesk;
  readonly network: Network;
  readonly delays: DelayLog;
  readonly printing: PrintQueue;
  readonly backups: BackupDesk;
  readonly joining: JoiningDesk;
  readonly disk: DiskRoom;
  readonly linkMeter: LinkMeter;
  /** What the check at start found wrong with the store's file. */
  damage(): Refusal | null;
  /** Takes this register apart and puts it together anew, over what is in its data folder then. */
  restart(): void;
}
