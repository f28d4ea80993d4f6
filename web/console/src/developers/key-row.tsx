/** One API key: which it is, since when, and what can be done with it. */

import type { components } from '../../../shared/api/schema.gen.ts';
import { day } from '../../../shared/i18n/format.ts';
import { Sure } from '../../../shared/ui/sure.tsx';
import { account } from '../access.ts';
import { t } from '../words.ts';
import type { Names } from './people.ts';

export type ApiKey = components['schemas']['ApiKey'];

interface Props {
  readonly apiKey: ApiKey;
  readonly names: Names;
  /** One of the keys is being changed. */
  readonly isBusy: boolean;
  readonly onRotate: () => void;
  readonly onRevoke: () => void;
}

export function KeyRow({ apiKey, names, isBusy, onRotate, onRevoke }: Props) {
  const words = t().developers.keys;
  const { label, prefix, last4, mode, kind, createdAt, createdBy, revokedAt, revokedBy } = apiKey;
  const by = (who: string | null): string => (who === null ? words.operator : (names.get(who) ?? words.somebody));
  return (
    <tr>
      <th scope="row">{label || words.unnamed}</th>
      <td>
        <code>
          {prefix}…{last4}
        </code>
        <br />
        <span class="quiet">{words.kinds[`${mode}-${kind}`]}</span>
      </td>
      <td>
        {words.madeOn(day(new Date(createdAt)), by(createdBy))}
        {revokedAt !== null && (
          <>
            <br />
            <span class="problem">{words.revokedOn(day(new Date(revokedAt)), by(revokedBy))}</span>
          </>
        )}
      </td>
      <td>
        {revokedAt === null && mayChange(apiKey) && (
          <div class="acts">
            <Sure look="plain" question={words.rotateSure} yes={words.rotateYes} act={onRotate} isBusy={isBusy}>
              {words.rotate} <span class="for-readers">{label || last4}</span>
            </Sure>
            <Sure look="plain" question={words.revokeSure} yes={words.revokeYes} act={onRevoke} isBusy={isBusy}>
              {words.revoke} <span class="for-readers">{label || last4}</span>
            </Sure>
          </div>
        )}
      </td>
    </tr>
  );
}

/** A live secret key may do everything: it is the owners'. The API has the last word. */
export function mayChange({ mode, kind }: Pick<ApiKey, 'mode' | 'kind'>): boolean {
  return account.value?.role === 'owner' || mode !== 'live' || kind !== 'secret';
}
