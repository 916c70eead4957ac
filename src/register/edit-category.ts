/** Categories: shelves, and shelves in shelves. A product of a category that was removed keeps it until it is given another. */
import type { Id } from '../base/id.ts';
import { ok, refuse, type Result } from '../base/result.ts';
import type { Patch } from '../protocol/tables.ts';
import { commit } from '../store/journal.ts';
import { categoriesWithin, listCategories, readCategoryName } from '../store/queries/catalogue.ts';
import type { Changes, Register } from './register.ts';

export interface CategoryInput {
  readonly name: string;
  readonly icon?: string | null | undefined;
  /** The category it lies in. */
  readonly parent?: Id | null | undefined;
  /** Lower ones come first. */
  readonly position?: number | undefined;
}

const LAST = 1000;

/** Refuses with input.not-found (the category it should lie in). */
export function addCategory(
  { store }: Register,
  { name, icon = null, parent = null, position = LAST }: CategoryInput,
  user: Id,
): Result<Id> {
  if (parent !== null && readCategoryName(store.db, parent) === null) return refuse('input.not-found', { what: 'category' });
  return commit(store, { kind: 'category-added', user }, (draft) => ok(draft.create('category', { name, icon, parent, position })));
}

/** What is left out stays. Refuses with input.not-found, input.invalid (a category in itself). */
export function editCategory({ store }: Register, id: Id, input: Changes<CategoryInput>, user: Id): Result<null> {
  if (readCategoryName(store.db, id) === null) return refuse('input.not-found', { what: 'category' });
  if (typeof input.parent === 'string') {
    if (readCategoryName(store.db, input.parent) === null) return refuse('input.not-found', { what: 'category' });
    if (categoriesWithin(store.db, id).has(input.parent))
      return refuse('input.invalid', { field: 'parent', reason: 'a category cannot lie in itself' });
  }
  const values: Patch<'category'> = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  if (Object.keys(values).length === 0) return ok(null);
  return commit(store, { kind: 'category-edited', user }, (draft) => {
    draft.patch('category', id, values);
    return ok(null);
  });
}

/** Refuses with input.not-found, input.invalid (products or categories lie in it). */
export function removeCategory({ store }: Register, id: Id, user: Id): Result<null> {
  const category = listCategories(store.db).find((row) => row.id === id);
  if (category === undefined) return refuse('input.not-found', { what: 'category' });
  if (category.products > 0 || categoriesWithin(store.db, id).size > 1)
    return refuse('input.invalid', { field: 'category', reason: 'something lies in it' });
  return commit(store, { kind: 'category-removed', user }, (draft) => {
    draft.remove('category', id);
    return ok(null);
  });
}
