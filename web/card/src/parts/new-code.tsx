/** Another code for the till, where somebody has copied the one that stays. It says before what that ends. */

import { useRef, useState } from 'preact/hooks';
import { idempotencyKey } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { replaceCode } from '../code/issue.ts';
import { t } from '../words.ts';

interface Props {
  readonly storeId: string;
  readonly onReplaced: () => void;
}

export function NewCode({ storeId, onReplaced }: Props) {
  const key = useRef(idempotencyKey());
  const [isDone, setDone] = useState(false);
  const { error, run } = useAction();
  const words = t().code;

  function replace(): void {
    setDone(false);
    run(async () => {
      await replaceCode(ownId(), storeId, key.current);
      key.current = idempotencyKey();
      setDone(true);
      onReplaced();
    });
  }

  return (
    <>
      <Sure question={words.anewSure} yes={words.anewYes} act={replace} look="plain">
        {words.anew}
      </Sure>
      {error !== undefined && <Failed error={error} />}
      <p role="status">{isDone && words.anewDone}</p>
    </>
  );
}
