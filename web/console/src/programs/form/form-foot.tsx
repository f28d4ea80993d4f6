/** The end of a form: why nothing was saved, the button, and whether what is typed is saved. */

import { t } from '../../words.ts';
import type { Form } from './use-form.ts';

interface Props {
  readonly form: Pick<Form<unknown>, 'isBusy' | 'isDone' | 'isUnsaved' | 'failure'>;
  readonly submit: string;
  readonly done: string;
}

export function FormFoot({ form, submit, done }: Props) {
  const { isBusy, isDone, isUnsaved, failure } = form;
  return (
    <>
      <p class="problem" role="alert">
        {failure}
      </p>
      <div class="line">
        <button type="submit" aria-disabled={isBusy}>
          {submit}
        </button>
        <p role="status">{isDone && !isUnsaved ? done : ''}</p>
        {isUnsaved && <p class="quiet">{t().shell.leaving.notSaved}</p>}
      </div>
    </>
  );
}
