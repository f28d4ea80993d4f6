/** The person's own data: leave the program, get or erase all. It says before what stays and what is lost. */

import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Membership } from '../../../shared/card/model.ts';
import { replace, staying } from '../../../shared/lib/router.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { t } from '../words.ts';
import { DataRights } from './data-rights.tsx';
import { erasedStore } from './erased.tsx';
import { MyAddress } from './my-address.tsx';
import { SignOut } from './sign-out.tsx';

interface Props {
  readonly membership: Membership;
  /** What stays after leaving, as people read it; `null` if the program is closed. */
  readonly balance: string | null;
}

export function MyData({ membership, balance }: Props) {
  const { error, run } = useAction();
  const { programId, storeId } = membership;
  const words = t().me;

  async function leave(): Promise<void> {
    const body = { programId, userId: ownId() };
    const isHere = staying();
    await ask((api, signal) => api.POST('/leaveLoyaltyProgram', { body, signal }));
    if (isHere()) replace('/cards');
  }

  return (
    <section class="panel links">
      <h2>{words.title}</h2>
      <MyAddress storeId={storeId} />
      <DataRights storeId={storeId} onErased={() => (erasedStore.value = storeId)} />
      <Sure question={balance === null ? words.leaveClosed : words.leaveSure(balance)} yes={words.yes} act={() => run(leave)} look="plain">
        {words.leave}
      </Sure>
      {error !== undefined && <Failed error={error} />}
      <SignOut />
    </section>
  );
}
