/** The CSV chosen on first launch, until the import screen takes it. */
let pending: File | null = null;

export function leaveFile(file: File): void {
  pending = file;
}

export function takeFile(): File | null {
  const file = pending;
  pending = null;
  return file;
}
