/** The process beside a register that joins another shop: one request, its progress, one answer. */
import { serveBeside } from '../../backup/serve-beside.ts';
import { serveJoining } from './joining-requests.ts';

serveBeside(serveJoining);
