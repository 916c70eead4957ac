/** The process that does the work of backups beside a register: one request, its progress, one answer. */
import { serveBackup, type BackupRequest } from './requests.ts';
import { serveBeside } from './serve-beside.ts';

serveBeside((request: BackupRequest, onProgress) => serveBackup(request, onProgress));
