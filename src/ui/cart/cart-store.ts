/**
 * The cart as the screen shows it: what the register last answered, with the changes on their way laid over it (preview.ts).
 * Changes go up one after the other in the order they were made. The register holds the cart: a refusal or a newer version on another
 * screen brings its state back here, and nothing is kept by the browser.
 */
import { replaceEqualDeep } from '@tanstack/react-query';
import type { BodyInput } from '../../protocol/api/routes.ts';
import { call } from '../api/call.ts';
import { preview, type Cart, type CartChange, type Tile } from './preview.ts';

interface Pending {
  readonly change: CartChange;
  readonly send: () => Promise<Cart>;
  readonly settle: (cart: Cart) => void;
  readonly fail: (error: unknown) => void;
}

const EMPTY_ID = '';

export class CartStore {
  #confirmed: Cart | null = null;
  #shown: Cart | null = null;
  #pending: Pending[] = [];
  #sending = false;
  /** Counts what the register answered. */
  #answers = 0;
  #newestVersion = 0;
  #reloading: Promise<void> | null = null;
  #askAgain = false;
  /** Lines shown before the register gave them a number; theirs are negative. */
  #nextProvisional = -1;
  readonly #realLines = new Map<number, number>();
  readonly #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  current = (): Cart | null => this.#shown;

  /**
   * Asks the register for its cart; called at log-in, after a gap in the stream, and when another screen changed it. One question at a time:
   * whoever calls meanwhile waits for one more, which is asked after theirs.
   */
  reload(): Promise<void> {
    if (this.#reloading === null) this.#reloading = this.#askUntilNewest().finally(() => (this.#reloading = null));
    else this.#askAgain = true;
    return this.#reloading;
  }

  /** Resolves once the cart that was paid is off the screen: whatever the register answered since shows the next one. */
  async leave(paid: string): Promise<void> {
    while (this.#confirmed?.id === paid) await this.#askForCart();
  }

  /** Forgets everything, at log-out. */
  forget(): void {
    this.#confirmed = null;
    this.#newestVersion = 0;
    this.#show();
  }

  noticeVersion(version: number): void {
    this.#newestVersion = Math.max(this.#newestVersion, version);
    if (!this.#sending) void this.#catchUp();
  }

  /** What goods cost, or how they are taxed, changed in the shop: the lines keep what was scanned, and say what it is now. */
  noticeGoods(): void {
    if (this.#confirmed === null || this.#confirmed.lines.length === 0 || this.#sending) return;
    void this.reload().catch(() => {
      // The register is away for a moment; the cart is asked for once it is back.
    });
  }

  /** What the register answered elsewhere (after a payment). */
  accept(cart: Cart): void {
    this.#confirm(cart);
  }

  addTile(tile: Tile, quantityMilli: number): Promise<Cart> {
    const line = this.#nextProvisional--;
    return this.#push({ kind: 'add', tile, quantityMilli, line }, async () => {
      const cart = await call('addLine', { body: { product: tile.id, quantityMilli } });
      this.#rememberLine(line, cart);
      return cart;
    });
  }

  /** `tile` is what the screen already knows under this code, if anything. */
  scan(code: string, quantityMilli: number, tile: Tile | null): Promise<Cart> {
    const line = this.#nextProvisional--;
    const change: CartChange = tile === null ? { kind: 'unforeseen' } : { kind: 'add', tile, quantityMilli, line };
    return this.#push(change, async () => {
      const cart = await call('scan', { body: { code, quantityMilli } });
      this.#rememberLine(line, cart);
      return cart;
    });
  }

  addDepartment(body: BodyInput<'addDepartmentLine'>): Promise<Cart> {
    return this.ask(() => call('addDepartmentLine', { body }));
  }

  /** `reason`: why there is less of it. */
  setQuantity(line: number, quantityMilli: number, reason: string | null = null): Promise<Cart> {
    return this.#push({ kind: 'quantity', line, quantityMilli }, () =>
      call('changeLine', { params: { line: this.#realLine(line) }, body: { quantityMilli, reason } }),
    );
  }

  /** What is said of a line: its price, a discount, a note. */
  change(line: number, body: BodyInput<'changeLine'>): Promise<Cart> {
    return this.ask(() => call('changeLine', { params: { line: this.#realLine(line) }, body }));
  }

  /** A change that only the register knows the outcome of. */
  ask(send: () => Promise<Cart>): Promise<Cart> {
    return this.#push({ kind: 'unforeseen' }, send);
  }

  remove(line: number, reason: string | null = null): Promise<Cart> {
    return this.#push({ kind: 'remove', line }, () => call('removeLine', { params: { line: this.#realLine(line) }, body: { reason } }));
  }

  clear(reason: string | null = null): Promise<Cart> {
    return this.#push({ kind: 'clear' }, () => call('clearCart', { body: { reason } }));
  }

  undo(): Promise<Cart> {
    return this.ask(() => call('undo'));
  }

  setCustomer(customer: string | null): Promise<Cart> {
    return this.ask(() => call('setCartCustomer', { body: { customer } }));
  }

  /** The cart once everything on its way has been answered: what a payment is made for. */
  async settled(): Promise<Cart | null> {
    const last = this.#pending[this.#pending.length - 1];
    if (last !== undefined) await this.#push({ kind: 'unforeseen' }, () => call('getCart')).catch(() => null);
    return this.#confirmed;
  }

  #push(change: CartChange, send: () => Promise<Cart>): Promise<Cart> {
    return new Promise((settle, fail) => {
      this.#pending.push({ change, send, settle, fail });
      this.#show();
      if (this.#sending) return;
      this.#sending = true;
      // What shows already is drawn first (React does that in a microtask queued by now), then asked for: sending takes a millisecond.
      if (change.kind === 'unforeseen') void this.#drain();
      else queueMicrotask(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      try {
        const cart = await next.send();
        this.#pending.shift();
        this.#confirm(cart);
        next.settle(cart);
      } catch (error) {
        this.#pending.shift();
        this.#show();
        next.fail(error);
      }
    }
    this.#sending = false;
    // Kept for as long as the cart is: a dialog may have opened on a line before it got its number.
    if (this.#confirmed?.lines.length === 0) this.#realLines.clear();
    await this.#catchUp();
  }

  async #askUntilNewest(): Promise<void> {
    do {
      this.#askAgain = false;
      while (!(await this.#askForCart()));
    } while (this.#askAgain);
  }

  /** False when a change was answered meanwhile: which of the two is newer, a cart not yet written down cannot say. To be asked again. */
  async #askForCart(): Promise<boolean> {
    const asked = this.#answers;
    const cart = await call('getCart');
    if (asked !== this.#answers) return false;
    this.#confirm(cart);
    return true;
  }

  async #catchUp(): Promise<void> {
    if (this.#confirmed === null || this.#newestVersion <= this.#confirmed.version) return;
    await this.reload().catch(() => {
      // Asked again with the next event or when the stream is back.
    });
  }

  #confirm(cart: Cart): void {
    this.#answers += 1;
    // An answer overtaken by a newer one of the same cart changes nothing.
    if (this.#confirmed?.id === cart.id && cart.id !== EMPTY_ID && cart.version < this.#confirmed.version) return;
    if (this.#confirmed?.id !== cart.id) this.#newestVersion = cart.version;
    // Lines that did not change stay the same objects: they are not drawn again.
    this.#confirmed = replaceEqualDeep(this.#confirmed, cart);
    this.#show();
  }

  #show(): void {
    let shown = this.#confirmed;
    for (const { change } of this.#pending) if (shown !== null) shown = preview(shown, this.#named(change));
    this.#shown = shown;
    for (const listener of this.#listeners) listener();
  }

  /** A change of a line that was provisional when it was made, now that the register has given the line its number. */
  #named(change: CartChange): CartChange {
    return change.kind === 'quantity' || change.kind === 'remove' ? { ...change, line: this.#realLine(change.line) } : change;
  }

  #rememberLine(provisional: number, cart: Cart): void {
    const newest = cart.lines[0];
    if (newest !== undefined) this.#realLines.set(provisional, newest.line);
  }

  #realLine(line: number): number {
    return this.#realLines.get(line) ?? line;
  }
}

export const cartStore = new CartStore();
