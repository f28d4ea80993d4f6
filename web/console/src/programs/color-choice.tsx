/** The colour of a card: one of a few, or an own one; with how well the text on it can be read. */

import { contrastOf, inkOn, isColor } from '../../../shared/lib/contrast.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { Field } from '../ui/field.tsx';
import { p } from './words.ts';

const COLORS = [
  '#1d5fbf',
  '#0f6e73',
  '#2e7d32',
  '#f4c430',
  '#e07b00',
  '#c62828',
  '#6a3fb5',
  '#6b4226',
  '#1f2430',
] as const;

interface Props {
  readonly value: string;
  readonly problem: string;
  readonly onChange: (color: string) => void;
}

export function ColorChoice({ value, problem, onChange }: Props) {
  const words = p().wizard.look;
  return (
    <>
      <fieldset class="colors">
        <legend>{words.color}</legend>
        {COLORS.map((color, index) => (
          <label class="swatch" key={color}>
            <input
              type="radio"
              name="color"
              checked={value.toLowerCase() === color}
              onChange={() => onChange(color)}
              ref={(each) => each?.style.setProperty('--swatch', color)}
            />
            <span class="for-readers">{words.colors[index]}</span>
          </label>
        ))}
      </fieldset>
      <Field label={words.own} hint={contrastText(value)} problem={problem} value={value} onInput={onChange} />
    </>
  );
}

/** Below this, WCAG 2.2 does not let text be white. */
const CONTRAST_MIN = 4.5;
const ratios = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function contrastText(color: string): string {
  if (!isColor(color)) return '';
  const words = p().wizard.look;
  const ink = inkOn(color);
  const white = contrastOf(color, '#ffffff');
  // Rounded down: 4.47 is not enough, and must not be shown as 4.5.
  const ratio = (value: number): string => ratios.format(Math.floor(value * 10) / 10);
  if (ink === '#ffffff') return words.light(ratio(white));
  const dark = words.dark(ratio(contrastOf(color, ink)));
  return white < CONTRAST_MIN ? `${words.corrected(ratio(white))} ${dark}` : dark;
}
