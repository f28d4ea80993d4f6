/** One of a few: a group of radio buttons, each with what it means. */

import { useId } from 'preact/hooks';
import './choices.css';
import type { ComponentChildren } from 'preact';

interface Choice<T> {
  readonly value: T;
  readonly name: string;
  readonly note?: string;
}

interface Props<T> {
  readonly legend: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T | null;
  readonly onChoose: (value: T) => void;
  readonly problem?: string | undefined;
  readonly children?: ComponentChildren;
}

export function Choices<T extends string>({ legend, choices, value, onChoose, problem, children }: Props<T>) {
  const id = useId();
  return (
    <fieldset class="choices" aria-describedby={`${id}-problem`}>
      <legend>{legend}</legend>
      {choices.map((each) => (
        <label class="choice" key={each.value}>
          <input
            type="radio"
            name={id}
            checked={each.value === value}
            aria-labelledby={`${id}-${each.value}-name`}
            aria-describedby={each.note === undefined ? undefined : `${id}-${each.value}`}
            aria-invalid={problem ? true : undefined}
            onChange={() => onChoose(each.value)}
          />
          <span id={`${id}-${each.value}-name`}>{each.name}</span>
          {each.note !== undefined && (
            <span class="note" id={`${id}-${each.value}`}>
              {each.note}
            </span>
          )}
        </label>
      ))}
      {children}
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </fieldset>
  );
}
