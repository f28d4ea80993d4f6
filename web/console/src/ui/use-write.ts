/** A write that a person starts. Sent again after no answer came, it has the same key: it counts once. */

import { useRef } from 'preact/hooks';
import { idempotencyKey, isUnknown } from '../../../shared/api/client.ts';
import { useAction, type Action } from '../../../shared/lib/use-action.ts';

type Headers = { readonly 'Idempotency-Key': string };

export interface Write extends Omit<Action, 'run'> {
  readonly send: (content: unknown, write: (headers: Headers) => Promise<void>) => void;
}

export function useWrite(): Write {
  const open = useRef<{ same: string; key: string } | undefined>(undefined);
  const { run, ...action } = useAction();

  function send(content: unknown, write: (headers: Headers) => Promise<void>): void {
    const same = JSON.stringify(content);
    const key = open.current?.same === same ? open.current.key : idempotencyKey();
    open.current = { same, key };
    run(async () => {
      try {
        await write({ 'Idempotency-Key': key });
        open.current = undefined;
      } catch (failure) {
        if (!isUnknown(failure)) open.current = undefined;
        throw failure;
      }
    });
  }
  return { ...action, send };
}
