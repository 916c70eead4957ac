/** Handlers of the register itself: what it is, set-up, log-in, registers, storage, long work. */
import { statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { ok, refuse, type Result } from '../../base/result.ts';
import { countConnections } from '../../hub/examine-hub.ts';
import { readHubUrl, type HubServer } from '../../hub/hub-place.ts';
import { testServer } from '../../hub/set-up-url-hub.ts';
import { HUB_PROTOCOL } from '../../hub/set-up-hub.ts';
import { testMaster } from '../../hub/test-connection.ts';
import type { Answer } from '../../protocol/api/routes.ts';
import type { SHOP } from '../../protocol/api/shop.ts';
import { renameRegister } from '../../register/admit-register.ts';
import { hashPin } from '../../register/hash-pin.ts';
import { grantRight, logIn } from '../../register/log-in.ts';
import { ownRegisterId, readMode } from '../../register/register.ts';
import { readSelling } from '../../register/set-selling.ts';
import { setUpShop } from '../../register/set-up-shop.ts';
import { textOrNull } from '../../store/database.ts';
import { receiptPrinter } from '../../store/queries/printing.ts';
import { listRegisters, readCurrency, readShop } from '../../store/queries/shop.ts';
import { codeOfSeries } from '../../store/begin-chain.ts';
import { readMeta, type Store } from '../../store/store.ts';
import { findMasters, ownAddresses } from '../../sync/discovery.ts';
import { gradeLink } from '../diagnosis/link-meter.ts';
import { nameSilence, WIZARD_PATIENCE_MS } from '../diagnosis/name-silence.ts';
import type { Caller, Handlers } from '../handler.ts';
import type { Moved } from '../network/become-master.ts';
import type { Runtime } from '../runtime.ts';
import { moveToAddress, readAccount } from '../network/slave-link.ts';
import { masterName, viewRegisters, viewStatus } from '../stand.ts';
import { viewCopies } from '../network/fuller-copy.ts';
import { actingUser } from './selling.ts';

/** How long the wizard listens for masters at a time. */
const LISTEN_MS = 800;

export const SHOP_HANDLERS: Handlers<keyof typeof SHOP> = {
  getState: (runtime, { caller }) => ok(viewState(runtime, caller)),
  login: async (runtime, { body, caller, setSession }) => {
    if (readMode(runtime.register.store) === null) return refuse('setup.needed');
    const user = await logIn(runtime.register, body);
    if (!user.ok) return user;
    if (caller.token !== '') runtime.sessions.end(caller.token);
    setSession(runtime.sessions.begin(user.value.id));
    return ok(viewState(runtime, { ...caller, user: { id: user.value.id, name: user.value.name, rights: user.value.role?.rights ?? [] } }));
  },
  grantRight: async (runtime, { body, caller }) => {
    const granter = await grantRight(runtime.register, { ...body, user: caller.user?.id ?? null });
    if (!granter.ok) return granter;
    return ok({ token: runtime.sessions.grant({ by: granter.value.id, right: body.right }), name: granter.value.name });
  },
  logout: (runtime, { caller, setSession }) => {
    runtime.sessions.end(caller.token);
    setSession('');
    return ok({ done: true });
  },
  setUp: async (runtime, { body }) => {
    if (runtime.jobs.running('setup') || runtime.jobs.running('join')) return refuse('setup.running');
    const server = readServer(body);
    if (!server.ok) return server;
    const ownerPinHash = await hashPin(body.owner.pin, runtime.random);
    const job = runtime.jobs.start('setup', async (progress) => {
      progress.step('shop', body.shop.name);
      const made = await setUpShop(runtime.register, { ...body, ownerPinHash });
      if (!made.ok) return made;
      return body.mode === 'master' ? runtime.network.toMaster(progress, body.hubPort, server.value) : ok({});
    });
    return ok({ job });
  },
  foundMasters: async ({ clock, log }) =>
    ok({
      rows: (await findMasters(LISTEN_MS, clock, log)).map(({ shop, register, host, port }) => ({ shop, register, host, port })),
    }),
  testMaster: async ({ clock, random, version, log }, { body }) => {
    const tested = await testMaster(
      { ...body, ours: { version, protocol: HUB_PROTOCOL } },
      { clock, random, networks: networkInterfaces() },
    );
    return tested.ok
      ? ok({ ...tested.value, link: gradeLink(tested.value.roundTripsMs, 0).level === 'good' ? 'good' : 'poor' })
      : nameSilence(tested, body, {
          clock,
          patienceMs: WIZARD_PATIENCE_MS,
          ownShop: false,
          search: () => findMasters(LISTEN_MS, clock, log),
        });
  },
  testServer: async ({ clock, random, register }, { body }) => {
    const server = readHubUrl(body.hubUrl, body.hubCa);
    if (!server.ok) return server;
    const shop = readMeta(register.store.db, 'shop_id');
    return testServer(server.value, typeof shop === 'string' ? shop : null, { clock, random });
  },
  join: (runtime, { body }) => {
    if (runtime.jobs.running('setup') || runtime.jobs.running('join')) return refuse('setup.running');
    return ok({ job: runtime.jobs.start('join', (progress) => runtime.network.join(progress, body)) });
  },
  getJob: ({ jobs }, { params }) => {
    const job = jobs.get(params.id);
    return job === null ? refuse('input.not-found', { what: 'job' }) : ok(job);
  },
  getStatus: (runtime) => ok(viewStatus(runtime)),
  dismissCut: ({ network }) => {
    network.sync()?.dismissCut();
    return ok({ done: true });
  },
  listRegisters: (runtime) => ok({ rows: viewRegisters(runtime), pairing: viewPairing(runtime) }),
  renameRegister: (runtime, { params, body, caller }) =>
    done(renameRegister(runtime.register, params.id, body.name, actingUser(runtime, caller))),
  revokeRegister: async (runtime, { params, caller }) => {
    const master = runtime.network.master();
    return master === null ? refuse('mode.not-master') : done(await master.revoke(params.id, actingUser(runtime, caller)));
  },
  startPairing: async (runtime) => {
    const master = runtime.network.master();
    if (master === null) return refuse('mode.not-master');
    const started = await master.startPairing();
    if (!started.ok) return started;
    return ok(
      viewPairing(runtime) ?? {
        code: started.value.code,
        expiresAt: started.value.expiresAtMs,
        addresses: ownAddresses(),
        port: master.port,
      },
    );
  },
  stopPairing: async ({ network }) => {
    const master = network.master();
    return master === null ? refuse('mode.not-master') : done(await master.stopPairing());
  },
  getStorage: (runtime) => viewStorage(runtime),
  setMasterAddress: async (runtime, { body }) => {
    const { clock, random, log, register, network } = runtime;
    const moved = await moveToAddress({ store: register.store, clock, random, log }, body);
    network.sync()?.hurry();
    return done(moved);
  },
  toMaster: (runtime, { body }) => {
    const server = readServer(body);
    if (!server.ok) return server;
    const from = readMode(runtime.register.store);
    const { master } = runtime.network;
    // A master moves its hub from one server to another.
    const moves = from === 'master' && master() !== null && (server.value !== null || master()?.running.hub.place !== null);
    if (from !== 'single' && !moves) return refuse('mode.not-possible', { from: from ?? '', to: 'master' });
    if (runtime.joining.stand() !== null) return refuse('joining.begun');
    if (runtime.jobs.running('to-master') || runtime.jobs.running('move-hub')) return refuse('setup.running');
    return ok({
      job: runtime.jobs.start(moves ? 'move-hub' : 'to-master', (progress) =>
        keepCode(runtime, runtime.network.toMaster(progress, body.hubPort, server.value)),
      ),
    });
  },
  takeOver: (runtime, { body }) => {
    const mode = readMode(runtime.register.store);
    if (mode !== 'slave' && runtime.network.problem()?.code !== 'master.keys-missing')
      return refuse('mode.not-possible', { from: mode ?? '', to: 'master' });
    return ok({
      job: runtime.jobs.start('take-over', (progress) =>
        keepCode(runtime, runtime.network.takeOver(progress, body.recoveryCode, body.hubPort)),
      ),
    });
  },
  handOver: async ({ network }, { body }) => done(await network.handOver(body.register, body.hubPort)),
  renewKeys: (runtime) => {
    if (runtime.network.master() === null) return refuse('mode.not-master');
    return ok({ job: runtime.jobs.start('renew-keys', (progress) => keepCode(runtime, runtime.network.renewKeys(progress))) });
  },
  showRecoveryCode: ({ network }) => {
    const master = network.master();
    return master === null ? refuse('mode.not-master') : ok({ code: master.recovery.code() });
  },
  recoveryCodePrinted: async ({ network }, { body }) => {
    const master = network.master();
    if (master === null) return refuse('mode.not-master');
    if (body.code !== master.recovery.code()) return refuse('recovery.wrong-code');
    await master.recovery.printed();
    return ok({ done: true });
  },
  renewRecoveryCode: async ({ network, backups }) => {
    const master = network.master();
    if (master === null) return refuse('mode.not-master');
    const code = await master.recovery.renew();
    if (!code.ok) return code;
    await backups.adoptCode(code.value);
    return ok({ code: code.value });
  },
  joinNewMaster: async ({ network }) => done(await network.stepDown()),
  joinAgain: (runtime, { body }) => {
    const { store } = runtime.register;
    if (store.authority === null) return refuse('mode.not-possible', { from: readMode(store) ?? '', to: 'slave' });
    if (runtime.joining.stand() !== null) return refuse('joining.begun');
    const request = { ...body, registerName: '', language: textOrNull(readMeta(store.db, 'language')) ?? 'en' };
    return ok({ job: runtime.jobs.start('join', (progress) => runtime.network.join(progress, request)) });
  },
  toSingle: async (runtime) => {
    const mode = readMode(runtime.register.store);
    if (mode !== 'slave' && mode !== 'master') return refuse('mode.not-possible', { from: mode ?? '', to: 'single' });
    const { fullCopy, catchingUp } = viewStatus(runtime);
    if (!fullCopy) return refuse('storage.not-full-copy', { left: catchingUp === null ? '?' : catchingUp.total - catchingUp.done });
    return done(await runtime.network.toSingle());
  },
};

/** A recovery code made on the way is the one that backups open with from now on. */
async function keepCode({ backups }: Runtime, moving: Promise<Result<Moved>>): Promise<Result<Moved>> {
  const moved = await moving;
  if (moved.ok && moved.value.recoveryCode !== undefined) await backups.adoptCode(moved.value.recoveryCode);
  return moved;
}

function viewState(runtime: Runtime, caller: Caller): Answer<'getState'> {
  const { store } = runtime.register;
  const mode = readMode(store);
  const shop = mode === null ? null : readShop(store.db);
  const own = store.own === null ? undefined : listRegisters(store.db).find(({ id }) => id === ownRegisterId(store));
  const known = caller.user !== null || caller.commandLine;
  return {
    version: runtime.version,
    setUp: mode !== null && readMeta(store.db, 'unfinished') !== 'join',
    mode,
    language: textOrNull(readMeta(store.db, 'language')) ?? 'en',
    register: own === undefined ? readSelf(store) : { id: own.id, code: own.code, name: own.name },
    shop: shop === null ? null : { name: shop.name, currency: readCurrency(store.db), country: shop.country },
    user: caller.user === null ? null : { id: caller.user.id, name: caller.user.name, rights: [...caller.user.rights] },
    status: known && mode !== null ? viewStatus(runtime) : null,
    selling: known && mode !== null ? viewSelling(store) : null,
    receiptPrinter: known ? viewReceiptPrinter(store) : null,
  };
}

function viewSelling({ db }: Store): Answer<'getState'>['selling'] {
  const { eatIn, voidReason, dayEndsAt } = readSelling(db);
  return { eatIn, voidReason, dayEndsAt };
}

function viewReceiptPrinter(store: Store): Answer<'getState'>['receiptPrinter'] {
  const printer = receiptPrinter(store.db);
  return printer === null ? null : { id: printer.id, name: printer.name, receipts: printer.receipts };
}

/** Of a register whose row has not come yet: its receipt series says its code. */
function readSelf(store: Store): Answer<'getState'>['register'] {
  return store.own === null
    ? null
    : { id: ownRegisterId(store), code: codeOfSeries(store.own.series), name: codeOfSeries(store.own.series) };
}

function viewPairing(runtime: Runtime): Answer<'listRegisters'>['pairing'] {
  const master = runtime.network.master();
  const code = master?.pairing() ?? null;
  return master === null || code === null
    ? null
    : { code: code.code, expiresAt: code.expiresAtMs, addresses: ownAddresses(), port: master.port };
}

async function viewStorage(runtime: Runtime): Promise<Result<Answer<'getStorage'>>> {
  const { store } = runtime.register;
  const mode = readMode(store);
  if (mode === null) return refuse('setup.needed');
  const master = runtime.network.master();
  const account = readAccount(store);
  const place = master?.running.hub.place ?? null;
  const elsewhere = place?.hosts.map(({ host }) => host) ?? null;
  return ok({
    mode,
    dataFolder: runtime.dataFolder,
    storeBytes: fileBytes(store.file) + fileBytes(`${store.file}-wal`),
    counts: await runtime.reader.ask('countRows'),
    fullCopy: viewStatus(runtime).fullCopy,
    addresses: account === null ? (elsewhere ?? (master === null ? [] : ownAddresses())) : [account.host],
    port: account?.port ?? place?.hosts[0]?.port ?? master?.port ?? null,
    database: account?.database ?? (master === null ? null : 'aurapos'),
    masterName: masterName(runtime),
    copies:
      mode === 'slave' || runtime.network.problem()?.code === 'master.keys-missing'
        ? viewCopies(store, runtime.network.sync()?.status().greeting?.incarnation.id ?? null, runtime.network.nearby())
        : null,
    hub: master === null ? null : place === null ? 'here' : 'elsewhere',
    handingOver: mode === 'master' ? handingOverTo(store) : null,
    knowsShop: store.authority !== null,
    postgres: master === null ? null : await viewPostgres(master),
    firewallCommand: master?.firewallCommand() ?? null,
  });
}

function handingOverTo({ db }: Store): string | null {
  const to = readMeta(db, 'handing_over');
  return listRegisters(db).find(({ id }) => id === to)?.name ?? null;
}

async function viewPostgres(master: NonNullable<ReturnType<Runtime['network']['master']>>): Promise<Answer<'getStorage'>['postgres']> {
  const state = master.running.state();
  const { version } = master.running.hub;
  const client = await master.running.connectMaster();
  if (!client.ok) return { state: state.state, version, connections: 0, connectionsAllowed: 0 };
  const { used, allowed } = await countConnections(client.value.link);
  await client.value.close();
  return { state: state.state, version, connections: used, connectionsAllowed: allowed };
}

/** Null: on this machine. Refuses input.invalid. */
function readServer({ hubUrl, hubCa }: { readonly hubUrl: string | null; readonly hubCa: string | null }): Result<HubServer | null> {
  return hubUrl === null ? ok(null) : readHubUrl(hubUrl, hubCa);
}

function fileBytes(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function done(result: Result<unknown>): Result<{ done: true }> {
  return result.ok ? ok({ done: true }) : result;
}
