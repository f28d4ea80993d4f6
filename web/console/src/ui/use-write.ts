/** A write that a person starts. Sent again after no answer came, it has the same key: it counts once. */

import { useAction, type Action } from '../../../shared/lib/use-action.ts';
import { useIntention } from './use-intention.ts';

type Headers = { readonly 'Idempotency-Key': string };

export interface Write extends Omit<Action, 'run'> {
  readonly send: (content: unknown, write: (headers: Headers) => Promise<void>) => void;
}

export function useWrite(): Write {
  const carryOut = useIntention();
  const { run, ...action } = useAction();

  function send(content: unknown, write: (headers: Headers) => Promise<void>): void {
    run(() => carryOut(content, (key) => write({ 'Idempotency-Key': key })));
  }
  return { ...action, send };
}
