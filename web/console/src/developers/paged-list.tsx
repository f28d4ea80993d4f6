/** A list of what has happened that comes in pages: its rows, or that there are none, and the way to earlier ones. */

import type { VNode } from 'preact';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import type { Pages } from '../ui/use-pages.ts';

interface Props<T> {
  readonly pages: Pages<T>;
  readonly none: string;
  readonly earlier: string;
  /** Of a list whose order matters. */
  readonly name?: string;
  readonly row: (row: T) => VNode;
}

export function PagedList<T>({ pages, none, earlier, name, row }: Props<T>) {
  const { rows, error, isBusy, hasMore, more, again } = pages;
  const List = name === undefined ? 'ul' : 'ol';
  return (
    <>
      {rows?.length === 0 && <p>{none}</p>}
      {rows && rows.length > 0 && (
        <List class="log" aria-label={name}>
          {rows.map(row)}
        </List>
      )}
      {!rows && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={again} />}
      {hasMore && error === undefined && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={more}>
          {earlier}
        </button>
      )}
    </>
  );
}
