/** One refusal: what is true, what this person does next, the HTTP status, and whether waiting may help. */
export interface RefusalEntry {
  readonly message: string;
  readonly action: string;
  readonly status: number;
  readonly retry: boolean;
}

export function entry(status: number, message: string, action: string, retry = false): RefusalEntry {
  return { message, action, status, retry };
}
