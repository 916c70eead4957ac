/** `host` or `host:port` of a master; its usual port where none is given. */
export function readAddress(text: string): { readonly host: string; readonly port: number } {
  const address = /^(.+?)(?::(\d+))?$/.exec(text);
  return { host: address?.[1] ?? '', port: Number(address?.[2] ?? 5432) };
}
