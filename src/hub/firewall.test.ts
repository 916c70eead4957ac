import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIREWALL_RULE, openFirewall, planFirewall, systemRunner, type Command } from './firewall.ts';

/** A machine: what it answers by command, everything else fails. */
function machine(answers: Readonly<Record<string, string>>) {
  const ran: string[] = [];
  return {
    ran,
    run: ({ file, args }: Command) => {
      const words = [file, ...args].join(' ');
      ran.push(words);
      const found = Object.entries(answers).find(([start]) => words.startsWith(start));
      return found === undefined ? Promise.reject(new Error('no')) : Promise.resolve(found[1]);
    },
  };
}

test('on Windows one rule is made under its name, also when set-up runs again', async () => {
  const { run, ran } = machine({ 'netsh advfirewall firewall add': 'Ok.' });
  assert.deepEqual(await openFirewall(5432, 'win32', run), { state: 'opened', firewall: 'netsh' });
  assert.deepEqual(ran, [
    `netsh advfirewall firewall delete rule name=${FIREWALL_RULE}`,
    `netsh advfirewall firewall add rule name=${FIREWALL_RULE} dir=in action=allow protocol=TCP localport=5432 profile=private,domain`,
  ]);
});

test('without the right to, the exact commands come back', async () => {
  const windows = await openFirewall(5433, 'win32', machine({}).run);
  assert.ok(windows.state === 'by-hand');
  assert.ok(
    windows.commands.includes(
      'netsh advfirewall firewall add rule "name=PostgreSQL AuraPOS" dir=in action=allow protocol=TCP localport=5433 profile=private,domain',
    ),
  );
  const ufw = await openFirewall(5432, 'linux', machine({ grep: 'ENABLED=yes' }).run);
  assert.deepEqual(ufw, { state: 'by-hand', firewall: 'ufw', commands: ['sudo ufw allow 5432/tcp comment "PostgreSQL AuraPOS"'] });
});

test('ufw and firewalld are used when they are active, and nothing when none is', async () => {
  assert.deepEqual(await openFirewall(5432, 'linux', machine({ ufw: 'Status: active\n' }).run), { state: 'opened', firewall: 'ufw' });
  assert.deepEqual(await openFirewall(5432, 'linux', machine({ ufw: 'Status: inactive\n' }).run), { state: 'none' });
  const fedora = machine({ 'systemctl is-active firewalld': 'active\n', 'firewall-cmd': 'success' });
  assert.deepEqual(await openFirewall(5432, 'linux', fedora.run), { state: 'opened', firewall: 'firewalld' });
  assert.ok(fedora.ran.includes('firewall-cmd --permanent --service=aurapos-postgresql --add-port=5432/tcp'));
  assert.deepEqual(await openFirewall(5432, 'darwin', machine({}).run), { state: 'none' });
  assert.deepEqual(planFirewall('none', 5432), []);
});

test('the machine’s own runner gives what a command prints, and rejects what fails', async () => {
  assert.equal((await systemRunner({ file: process.execPath, args: ['-p', '1'] })).trim(), '1');
  await assert.rejects(systemRunner({ file: process.execPath, args: ['-e', 'process.exit(3)'] }));
});
