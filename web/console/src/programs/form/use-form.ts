/** How a form of a program is sent: what is wrong with it is said first, and what was refused at its fields. */

import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Problem } from '../../../../shared/api/client.ts';
import { useUnsaved } from '../../ui/unsaved.ts';
import { useWrite } from '../../ui/use-write.ts';
import { failureText } from '../failure-text.ts';
import type { Faults } from '../faults.ts';
import { useFirstFault } from './use-first-fault.ts';

export type WriteHeaders = { readonly 'Idempotency-Key': string };

interface Props<T> {
  /** All that is typed. It has changed if its JSON has. */
  readonly content: T;
  /** What is wrong with it. */
  readonly faults: Faults;
  /** Send what differs from `before`: the form as it was opened, or saved last. */
  readonly save: (headers: WriteHeaders, before: T) => Promise<void>;
  /** The field of the form that a field of the API is; `null` if it has none. */
  readonly placeOf: (field: string) => string | null;
  /** What comes next, if that is not this form. */
  readonly onSaved?: (() => void) | undefined;
}

export interface Form<T> {
  /** What is wrong, as far as it is to be shown. */
  readonly faults: Faults;
  readonly isBusy: boolean;
  readonly isDone: boolean;
  readonly isUnsaved: boolean;
  /** Why nothing was saved; empty if nothing has failed. */
  readonly failure: string;
  readonly element: RefObject<HTMLFormElement | null>;
  /** Something was typed. */
  readonly touched: () => void;
  readonly submit: (event: Event) => void;
  /** The form as it was opened, or saved last. */
  readonly saved: T;
  /** The page has read anew what is saved. */
  readonly took: (content: T) => void;
}

export function useForm<T>({ content, faults: own, save, placeOf, onSaved }: Props<T>): Form<T> {
  const [saved, setSaved] = useState(content);
  const [isTried, setTried] = useState(false);
  const [refused, setRefused] = useState<Faults>({});
  const [isDone, setDone] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const focusFirst = useFirstFault(element);
  const { isBusy, error, clear, send } = useWrite();
  const isUnsaved = JSON.stringify(content) !== JSON.stringify(saved);
  const settle = useUnsaved(isUnsaved);

  function touched(): void {
    setRefused({});
    setDone(false);
    clear();
  }

  function submit(event: Event): void {
    event.preventDefault();
    setTried(true);
    setDone(false);
    if (Object.keys(own).length > 0) return focusFirst();
    send([content, saved], async (headers) => {
      try {
        await save(headers, saved);
      } catch (failure) {
        if (!land(failure)) throw failure;
        return;
      }
      setTried(false);
      // What was typed meanwhile is not. What the page has read anew since is newer.
      setSaved((now) => (now === saved ? content : now));
      setDone(true);
      if (onSaved) {
        settle();
        onSaved();
      }
    });
  }

  /** Show a refusal at its fields. Return whether it has some here. */
  function land(failure: unknown): boolean {
    const named = failure instanceof Problem ? Object.keys(failure.details['fields'] ?? {}) : [];
    const here = named.map(placeOf).filter((name) => name !== null);
    setRefused(Object.fromEntries(here.map((name) => [name, 'refused'])));
    if (here.length > 0) focusFirst();
    return here.length > 0;
  }

  const faults = { ...refused, ...(isTried ? own : {}) };
  const failure = error === undefined ? '' : failureText(error);
  return { faults, isBusy, isDone, isUnsaved, failure, element, touched, submit, saved, took: setSaved };
}
