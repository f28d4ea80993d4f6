/** The code that a till scans, as a picture and as text. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { keep, recall } from '../../../shared/lib/kept.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';

export function MemberCode({ storeId }: { readonly storeId: string }) {
  const name = `code.${storeId}`;
  const [code, setCode] = useState(() => recall<string>(name)?.value);
  const [error, setError] = useState<unknown>();

  function load(): void {
    setError(undefined);
    ask((api, signal) => api.POST('/getMemberCode', { body: { storeId, userId: ownId() }, signal })).then(
      (answer) => setCode(keep(name, answer.code).value),
      setError,
    );
  }
  useEffect(load, [storeId]);

  return (
    <section class="stack">
      <h2>{t().code.title}</h2>
      {code === undefined && error === undefined && <Loading />}
      {code === undefined && error !== undefined && <Failed error={error} retry={load} />}
      {code !== undefined && (
        <div class="code">
          <Qr text={code} label={t().code.title} />
          <p class="text">{code}</p>
        </div>
      )}
    </section>
  );
}
