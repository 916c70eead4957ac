/** The terminal of a setting. */
import type { TerminalSetting } from '../../domain/terminal-setting.ts';
import { askSimulated } from './simulated-terminal.ts';
import type { Terminal } from './terminal.ts';

export function openTerminal(setting: TerminalSetting): Terminal {
  switch (setting.kind) {
    case 'by-hand':
      return { ask: null };
    case 'simulated':
      return { ask: askSimulated(setting) };
  }
}
