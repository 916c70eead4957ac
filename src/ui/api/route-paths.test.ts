import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { EVENTS_PATH as REAL_EVENTS_PATH, ROUTES } from '../../protocol/api/routes.ts';
import { EVENTS_PATH } from './events-path.ts';
import { ROUTE_PATHS } from './route-paths.ts';

test('the screens know every route by its method and path', () => {
  const real = Object.fromEntries(Object.entries(ROUTES).map(([name, route]) => [name, `${route.method} ${route.path}`]));
  assert.deepEqual({ ...ROUTE_PATHS }, real);
  assert.equal(EVENTS_PATH, REAL_EVENTS_PATH);
});
