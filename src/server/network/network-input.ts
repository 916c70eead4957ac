/** What connecting a register to others works with, whatever its mode. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { Result } from '../../base/result.ts';
import type { Register } from '../../register/register.ts';
import type { Reader } from '../../store/reader.ts';
import type { SyncTools } from '../../sync/tools.ts';
import type { JobKind, JobProgress } from '../jobs.ts';

export interface NetworkInput {
  readonly register: Register;
  readonly reader: Reader;
  readonly dataFolder: string;
  readonly version: string;
  /** PostgreSQL's listen_addresses. */
  readonly listen: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly syncTools: SyncTools;
  /** Long work that nobody at this register asked for: the master did. */
  startJob(kind: JobKind, work: (progress: JobProgress) => Promise<Result<{ readonly recoveryCode?: string }>>): void;
  /** Where the register stands has changed. */
  onStatus(): void;
}
