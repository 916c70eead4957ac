type RoleKey = 'role.owner' | 'role.manager' | 'role.cashier';

/** Built-in roles speak the language of the screen, a shop's own keep the name they were given. */
export function roleName(role: { readonly name: string; readonly builtIn: string | null }, t: (key: RoleKey) => string): string {
  switch (role.builtIn) {
    case 'owner':
      return t('role.owner');
    case 'manager':
      return t('role.manager');
    case 'cashier':
      return t('role.cashier');
    default:
      return role.name;
  }
}
