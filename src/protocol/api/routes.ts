/** Every route of the HTTP API by name. /api/events, the stream of `event`s, is the one route not in the list: it does not end. */
import type { z } from 'zod';
import { BACKUPS } from './backups.ts';
import { CASH } from './cash.ts';
import { CATALOGUE } from './catalogue.ts';
import { DIAGNOSIS } from './diagnosis.ts';
import { SELLING } from './selling.ts';
import { INVOICES } from './invoices.ts';
import { JOINING } from './joining.ts';
import { PEOPLE } from './people.ts';
import { PRODUCTS } from './products.ts';
import { PRINTING } from './printing.ts';
import { PAYMENTS } from './payments.ts';
import { REPORTS } from './reports.ts';
import { SETTINGS } from './settings.ts';
import { STOCK } from './stock.ts';
import { SHOP } from './shop.ts';

export const ROUTES = {
  ...SHOP,
  ...SELLING,
  ...PAYMENTS,
  ...PRODUCTS,
  ...CATALOGUE,
  ...PEOPLE,
  ...SETTINGS,
  ...STOCK,
  ...REPORTS,
  ...CASH,
  ...PRINTING,
  ...INVOICES,
  ...BACKUPS,
  ...JOINING,
  ...DIAGNOSIS,
} as const;
export const EVENTS_PATH = '/api/events';
/** A right granted on the spot, by the token of `grantRight`. */
export const GRANT_HEADER = 'aurapos-grant';

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
export type Answer<K extends RouteName> = z.output<Routes[K]['answer']>;
export type Body<K extends RouteName> = z.output<Routes[K]['body']>;
export type BodyInput<K extends RouteName> = z.input<Routes[K]['body']>;
export type QueryInput<K extends RouteName> = z.input<Routes[K]['query']>;
export type Query<K extends RouteName> = z.output<Routes[K]['query']>;
export type Params<K extends RouteName> = z.output<Routes[K]['params']>;
export type ParamsInput<K extends RouteName> = z.input<Routes[K]['params']>;
