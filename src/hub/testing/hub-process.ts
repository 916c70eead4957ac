/** A master's hub in a process of its own, to be killed: prints a line a step, then `running`, then stays. Argument: folder and port. */
import { systemClock } from '../../base/clock.ts';
import { runHub } from '../run-hub.ts';
import { unwrap } from '../../base/result.ts';
import { testOptions } from './test-hub.ts';

const [folder = '', port = ''] = process.argv.slice(2);
const options = await testOptions({ folder, port: Number(port), onStep: ({ step, state }) => process.stdout.write(`${step} ${state}\n`) });
unwrap(await runHub(options));
process.stdout.write('running\n');
await systemClock.sleep(60_000);
