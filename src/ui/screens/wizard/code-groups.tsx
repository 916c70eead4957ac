/** Twelve characters in three fields, as the master shows them; a pasted code fills all three. */
import { useRef, type ReactNode } from 'react';
import { useTranslation } from '../../texts/texts.tsx';
import { cleanCode } from './draft.ts';

const GROUPS = [0, 1, 2] as const;
const SIZE = 4;

interface Props {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly labelledBy: string;
}

export function CodeGroups({ value, onChange, labelledBy }: Props): ReactNode {
  const { t } = useTranslation();
  const fields = useRef<(HTMLInputElement | null)[]>([]);
  const change = (group: number, text: string): void => {
    const typed = cleanCode(text);
    const next = cleanCode(value.slice(0, group * SIZE) + typed + (typed.length > SIZE ? '' : value.slice((group + 1) * SIZE)));
    onChange(next);
    if (typed.length >= SIZE) fields.current[Math.min(GROUPS.length - 1, Math.floor(next.length / SIZE))]?.focus();
  };
  return (
    <div className="groups" role="group" aria-labelledby={labelledBy}>
      {GROUPS.map((group) => (
        <input
          key={group}
          ref={(field) => {
            fields.current[group] = field;
          }}
          className="input"
          aria-label={t('join.characters', { from: group * SIZE + 1, to: (group + 1) * SIZE })}
          value={value.slice(group * SIZE, (group + 1) * SIZE)}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          onChange={(event) => change(group, event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Backspace' && event.currentTarget.value === '' && group > 0) fields.current[group - 1]?.focus();
          }}
        />
      ))}
    </div>
  );
}
