/** Name of the note that a running register leaves beside its data: { port, pid, token }. */
export const RUNNING_FILE = 'running.json';
