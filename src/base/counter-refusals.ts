/** Refusals at the counter and in the back office: part of the table in refusals.ts. */
import { entry, type RefusalEntry } from './refusal-entry.ts';

export const COUNTER_REFUSALS = {
  // ---- input
  'input.invalid': entry(400, '{{field}} is not valid: {{reason}}.', 'Correct it and try again.'),
  'input.not-found': entry(404, 'There is no such {{what}}.', 'Go back to the list and choose again.'),
  'input.amount-too-large': entry(400, 'The amount is larger than this register can count.', 'Split it into smaller ones.'),

  // ---- who
  'login.needed': entry(401, 'Nobody is logged in on this screen.', 'Log in with your PIN.'),
  'login.wrong-pin': entry(401, 'That PIN is not right.', 'Try again; {{left}} tries are left before a pause.'),
  'login.shared-pin': entry(409, '{{names}} have that PIN.', 'Say which of them you are, then give one of you another PIN under Users.'),
  'login.paused': entry(429, 'Too many wrong PINs.', 'Wait {{seconds}} seconds, then try again.', true),
  'right.missing': entry(403, '{{user}} may not do this.', 'Ask someone who may.'),
  'role.built-in': entry(409, 'This role comes with the program and stays as it is.', 'Add one of your own; it may have the same rights.'),
  'role.name-taken': entry(409, 'There is a role called {{name}} already.', 'Choose another name.'),
  'role.in-use': entry(409, '{{user}} has this role.', 'Give everybody who has it another role first.'),
  'role.pin-too-short': entry(
    409,
    'The PIN of {{user}} is too short for these rights.',
    'Give them one of at least {{digits}} digits first.',
  ),
  'user.last-owner': entry(409, 'This is the only owner.', 'Make someone else an owner first.'),
  'user.pin-too-short': entry(400, 'This PIN is too short.', 'Use at least {{digits}} digits.'),

  // ---- selling
  'sale.empty': entry(409, 'The cart is empty.', 'Scan or choose a product first.'),
  'cart.full': entry(
    409,
    'This cart holds as much as one sale can.',
    'Pay what is in it and begin another. A discount on the whole cart takes room for every line.',
  ),
  'sale.not-settled': entry(409, 'The payments do not cover the amount due.', 'Add a payment for what is left.'),
  'sale.overpaid': entry(409, 'The payments are more than the amount due, and {{method}} gives no change.', 'Lower that payment.'),
  'sale.age-not-checked': entry(
    409,
    'The cart holds goods for people of {{age}} and older.',
    'Look at the customer’s age, then confirm it.',
  ),
  'refund.too-much': entry(
    409,
    'More of {{name}} would come back than was sold.',
    'Look at the receipt: some of it was given back before.',
  ),
  'refund.no-goods': entry(409, '{{name}} is not given back.', 'Redeem a voucher instead; correct an account by another payment.'),
  'refund.other-mode': entry(409, 'Practice and real sales do not mix.', 'Turn training mode on or off first.'),
  'held.taken': entry(409, 'Register {{register}} has this cart open.', 'Go on with it there, or hold it there first.'),
  'held.cart-open': entry(409, 'There is a cart open already.', 'Hold it or pay it first.'),
  'cart.fixed-line': entry(409, 'This line goes with another, or gives a sold one back.', 'Take it out, and add it again.'),
  'void.reason-needed': entry(409, 'This shop wants to know why a line is taken out.', 'Say why.'),
  'cart.changed': entry(409, 'The cart changed on another screen of this register.', 'Look at it again, then go on.', true),
  'barcode.unknown': entry(404, 'No product has the code {{code}}.', 'Add the product, or sell it under a department.'),
  'barcode.ambiguous': entry(409, 'More than one product has the code {{code}}.', 'Choose the one in your hand.'),

  // ---- invoices
  'invoice.exists': entry(
    409,
    'This sale has the invoice {{label}}.',
    'Open that one; a mistake in it is mended by a refund, which makes a credit note.',
  ),
  'invoice.not-a-sale': entry(
    409,
    'Only a sale can become an invoice.',
    'What comes back of an invoiced sale becomes a credit note by itself.',
  ),
  'invoice.nothing-to-credit': entry(409, 'Nothing came back of this sale that has no credit note.', 'Look at its invoices.'),

  // ---- printing
  'printer.none': entry(409, 'This register has no receipt printer.', 'Add one in Settings > Printing, or print with the browser.'),
  'printer.busy': entry(409, 'This is being printed just now.', 'Wait until the printer is done with it.', true),
  'logo.not-usable': entry(400, 'This picture cannot be used as a logo.', 'Take a PNG of at most {{kilobytes}} kB.'),
  // ---- card payments
  'payment.unsettled': entry(
    409,
    'Nobody knows yet what the card terminal took for this cart.',
    'Wait for its answer, or look at the terminal and say whether it was paid.',
  ),
  'payment.taken': entry(409, 'A card has paid for this cart already.', 'Finish the sale, or give the card payment back first.'),
  'payment.too-much': entry(409, 'The card would pay more than is left.', 'Ask for what is left, or less.'),
  'payment.settled': entry(409, 'This card payment is settled already.', 'Look at the cart again.'),
  'payment.training': entry(409, 'Practice asks no card terminal.', 'Pay as if the card had paid.'),
  'swap.shift-closed': entry(
    409,
    'The drawer that this sale went into was counted and closed, or is another register’s.',
    'Leave the sale as it is; the count says what was there.',
  ),
  'swap.fixed': entry(
    409,
    'A card terminal, a voucher or a customer’s account vouches for this payment.',
    'Refund the sale and sell it again.',
  ),
  'swap.same': entry(409, 'It is recorded that way already.', 'Choose the way it was paid in truth.'),
  'terminal.none': entry(409, 'No card terminal is connected to this register.', 'Confirm the card by hand, or connect one in Settings.'),

  // ---- vouchers and accounts
  'voucher.unknown': entry(
    404,
    'No voucher has the code {{code}}.',
    'Look at the code again; one sold elsewhere just now may be on its way.',
  ),
  'voucher.expired': entry(409, 'The voucher {{code}} has expired.', 'Ask the owner what to do for this customer.'),
  'voucher.too-little': entry(409, 'Less is left of the voucher {{code}} than it would pay.', 'Look it up, and use what is left.'),
  'voucher.single': entry(
    409,
    'The voucher {{code}} was taxed when it was sold: it pays no other goods.',
    'Take it off the cart by its code.',
  ),
  'voucher.pays': entry(409, 'The voucher {{code}} is a payment.', 'Use it on the payment screen.'),
  'voucher.training': entry(409, 'Practice sells and redeems no vouchers.', 'End training first.'),
  'account.no-customer': entry(409, 'Nobody knows whose account it is.', 'Choose the customer of this cart first.'),
  'account.not-allowed': entry(
    409,
    'This customer does not buy on account, or would pay the account off with itself.',
    'Choose another way to pay.',
  ),
  'account.over-limit': entry(409, 'The account would go over its limit.', 'Take a part on account, or let them pay off first.'),

  // ---- fiscal device
  'fiscal.outage': entry(
    503,
    'The fiscal device does not answer, and no sale may be made without it.',
    'Look at the device and its cable, then pay again; the cart is kept.',
    true,
  ),

  // ---- cash and closing
  'shift.open': entry(409, 'The drawer is open already: {{user}} opened it.', 'Go on with it, or count and close it first.'),
  'shift.none': entry(409, 'No drawer is open.', 'Open it with its float.'),
  'shift.changed': entry(409, 'Something was sold or moved since the drawer was counted.', 'Count again what changed.', true),
  'shift.count-missing': entry(400, '{{method}} was not counted.', 'Count it too; nothing is a count of zero.'),
  'shift.not-counted': entry(409, 'The drawer has not been counted.', 'Count it, then close.'),
  'closing.nothing': entry(409, 'There is nothing to close.', 'Everything sold is in a closing already.'),
  'closing.changed': entry(409, 'Somebody closed the day at the same moment.', 'Look at the list of closings.', true),
  'closing.period-closed': entry(
    409,
    '{{period}} is closed and does not change any more.',
    'What came in later stands beside it, marked late.',
  ),
  'closing.not-over': entry(409, '{{period}} is not over.', 'Close it after its last day.'),

  // ---- files
  'import.no-columns': entry(400, 'No column for the product name was found.', 'Say which column holds what.'),
  'import.has-errors': entry(409, 'Rows that cannot be imported: {{count}}.', 'Mend them in the file, or import the rest.'),
} as const satisfies Record<string, RefusalEntry>;
