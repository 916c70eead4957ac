/** The fiscal device of a setting; null where there is none. */
import type { FiscalSetting } from '../../domain/fiscal.ts';
import type { AskFiscal } from './fiscal-device.ts';
import { askSimulatedDevice } from './simulated-device.ts';

export function openFiscalDevice(setting: FiscalSetting): AskFiscal | null {
  switch (setting.kind) {
    case 'none':
      return null;
    case 'simulated':
      return askSimulatedDevice(setting);
  }
}
