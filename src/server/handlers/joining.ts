/** Handlers of a single register that joins another shop, and of the stores that were kept aside. */
import { ok, refuse, type Result } from '../../base/result.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import type { JOINING } from '../../protocol/api/joining.ts';
import { readMode } from '../../register/register.ts';
import { textOrNull } from '../../store/database.ts';
import { readSelf } from '../../store/backup-parts.ts';
import { readMeta } from '../../store/store.ts';
import type { Handlers } from '../handler.ts';
import { refusalWords } from '../jobs.ts';
import { invoicePdf } from '../invoice-pdf.ts';
import { askKept, listKeptFiles } from '../joining/kept-stores.ts';
import type { Runtime } from '../runtime.ts';
import { startBringing, startComparing } from '../joining/joining-jobs.ts';
import { actingUser } from './selling.ts';

const ZS_A_PAGE = 100;

export const JOINING_HANDLERS: Handlers<keyof typeof JOINING> = {
  getJoining: (runtime) => ok({ joining: viewJoining(runtime) }),
  compareShops: (runtime, { body }) => {
    const { store } = runtime.register;
    const mode = readMode(store);
    if (mode !== 'single') return refuse('mode.not-possible', { from: mode ?? '', to: 'slave' });
    if (isBusy(runtime)) return refuse('setup.running');
    const language = textOrNull(readMeta(store.db, 'language')) ?? 'en';
    return ok({ job: startComparing(runtime, { ...body, registerName: readSelf(store.db).name, language }) });
  },
  bringOver: (runtime, { body, caller }) => {
    if (isBusy(runtime)) return refuse('setup.running');
    const chosen = runtime.joining.choose(body, actingUser(runtime, caller));
    return chosen.ok ? ok({ job: startBringing(runtime) }) : chosen;
  },
  callOffJoining: ({ joining }) => joining.callOff(),
  listKept: async (runtime) => {
    const rows: Answer<'listKept'>['rows'] = [];
    const unreadable: string[] = [];
    for (const kept of listKeptFiles(runtime)) {
      const read = await viewKept(runtime, kept);
      if (read.ok) rows.push(read.value);
      else unreadable.push(kept.file);
    }
    return ok({ rows, unreadable });
  },
  keptSales: (runtime, { params, query }) => askKept(runtime, params.name, 'listSoldLines', query.cursor),
  keptInvoices: (runtime, { params, query }) => askKept(runtime, params.name, 'listPapers', query.cursor),
  keptInvoicePdf: async (runtime, { params }) => {
    const invoice = await askKept(runtime, params.name, 'readInvoice', params.label);
    if (!invoice.ok) return invoice;
    if (invoice.value === null) return refuse('input.not-found', { what: 'invoice' });
    const pdf = await invoicePdf(invoice.value, null);
    return ok({ fileName: `${invoice.value.label}.pdf`, pdf: pdf.toString('base64') });
  },
  keptClosings: async (runtime, { params, query }) => {
    const listed = await askKept(runtime, params.name, 'listClosings', { kind: 'z', cursor: query.cursor, limit: ZS_A_PAGE });
    if (!listed.ok) return listed;
    const rows = listed.value.rows.map(({ day, register, number, turnoverMinor, perpetualMinor }) => ({
      day,
      register: register?.code ?? '',
      number: number ?? 0,
      turnoverMinor,
      perpetualMinor,
    }));
    return ok({ ...listed.value, rows });
  },
  keptAccounts: async (runtime, { params }) => {
    const written = await askKept(runtime, params.name, 'writeAccounts');
    return written.ok ? ok({ text: written.value }) : written;
  },
  verifyKept: async (runtime, { params }) => {
    const verified = await askKept(runtime, params.name, 'verifyStore');
    if (!verified.ok) return verified;
    const { problem, ...counts } = verified.value;
    return ok({ ...counts, problem: problem === null ? null : `${problem.where}: ${problem.what}` });
  },
};

/** One change of the storage mode at a time. */
function isBusy({ jobs }: Runtime): boolean {
  return (['join', 'to-master', 'move-hub', 'take-over', 'compare-shops', 'bring-over'] as const).some((kind) => jobs.running(kind));
}

function viewJoining({ joining, jobs }: Runtime): Answer<'getJoining'>['joining'] {
  const stand = joining.stand();
  if (stand === null) return null;
  const { user: _, chain: __, problem, ...told } = stand;
  return {
    ...told,
    open: joining.open(),
    job: jobs.current('bring-over') ?? jobs.current('compare-shops'),
    problem: problem === null ? null : refusalWords(problem),
  };
}

async function viewKept(
  runtime: Runtime,
  kept: ReturnType<typeof listKeptFiles>[number],
): Promise<Result<Answer<'listKept'>['rows'][number]>> {
  const stand = await askKept(runtime, kept.name, 'readStoreStand');
  const tally = stand.ok ? await askKept(runtime, kept.name, 'tallySales') : stand;
  if (!stand.ok || !tally.ok) return stand.ok ? refuse('store.corrupt', { detail: kept.name }) : stand;
  const { shop, register, counts } = stand.value;
  return ok({
    ...kept,
    ...tally.value,
    shop: shop.name,
    register: register.name === '' ? register.code : register.name,
    currency: shop.currency,
    products: counts.products,
    customers: counts.customers,
  });
}
