/** What each column of a file is read as, to look at and to change, before anything is sent. */

import { useId } from 'preact/hooks';
import { number } from '../../../shared/i18n/format.ts';
import { t } from '../words.ts';
import { labelOf } from './field-names.ts';
import { FIELDS, type Column, type OwnField } from './headings.ts';

interface Props {
  readonly columns: readonly Column[];
  readonly own: readonly OwnField[];
  /** About how many rows there are. */
  readonly count: number;
  readonly onChoose: (heading: string, field: string) => void;
}

export function Columns({ columns, own, count, onChoose }: Props) {
  const words = t().imports;
  const read = columns.filter((each) => each.field).length;
  const fields = [...FIELDS, ...own.map((each) => `customFields.${each.name}`)];
  return (
    <section class="stack" aria-label={words.columns}>
      <h2>{words.columns}</h2>
      <p>{words.columnsNote(number(count), read, columns.length)}</p>
      <ul class="plain-list">
        {columns.map((column, index) => (
          <OneColumn
            key={index}
            column={column}
            fields={column.field && !fields.includes(column.field) ? [...fields, column.field] : fields}
            own={own}
            isTwice={column.field !== '' && columns.some((each) => each !== column && each.field === column.field)}
            onChoose={(field) => onChoose(column.heading, field)}
          />
        ))}
      </ul>
    </section>
  );
}

interface OneProps {
  readonly column: Column;
  readonly fields: readonly string[];
  readonly own: readonly OwnField[];
  readonly isTwice: boolean;
  readonly onChoose: (field: string) => void;
}

function OneColumn({ column, fields, own, isTwice, onChoose }: OneProps) {
  const id = useId();
  const words = t().imports;
  const { heading, field, examples, isNameless } = column;
  return (
    <li class="column">
      <label for={id}>{heading || words.noHeading}</label>
      <p class="quiet">{examples.join(' · ')}</p>
      <select
        id={id}
        value={field}
        disabled={isNameless}
        aria-invalid={isTwice ? true : undefined}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        <option value="">{words.leftOut}</option>
        {fields.map((each) => (
          <option key={each} value={each}>
            {labelOf(each, own)}
          </option>
        ))}
      </select>
      <p id={`${id}-note`} class={isTwice ? 'problem' : 'quiet'}>
        {isNameless && heading !== '' && words.headingTwice}
        {isTwice && words.fieldTwice}
      </p>
    </li>
  );
}
