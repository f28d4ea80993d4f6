/** What somebody sees whose link leads to nothing, with what helps. */

import { t } from '../words.ts';

export function NotFound({ title }: { readonly title: string }) {
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      <div class="panel">
        <p>{t().notFound}</p>
        <a class="button" href="/check-in">
          {t().checkIn.scan}
        </a>
      </div>
    </>
  );
}
