/** The code that a till scans, as a picture and as text; large and bright if the person wants. */

import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import type { BrightCodeProps } from '../code/bright-code.tsx';
import type { ShownCode } from '../code/changing-code.ts';
import { useCode } from '../code/use-code.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { second, t } from '../words.ts';
import { NewCode } from './new-code.tsx';

export function MemberCode({ storeId }: { readonly storeId: string }) {
  const { shown, error, reload } = useCode(ownId(), storeId);
  const [Bright, setBright] = useState<ComponentType<BrightCodeProps>>();
  const [isBright, setIsBright] = useState(false);

  function enlarge(): void {
    setIsBright(true);
    import('../code/bright-code.tsx').then(
      (loaded) => setBright(() => loaded.default),
      () => setIsBright(false), // Without a connection, before it was ever loaded: the small one is there.
    );
  }

  return (
    <section class="stack">
      <h2>{t().code.title}</h2>
      {!shown && error === undefined && (
        <div class="code waiting">
          <Loading />
        </div>
      )}
      {!shown && error !== undefined && <Failed error={error} retry={reload} />}
      {shown && (
        <div class="code">
          <Qr text={shown.text} label={t().code.title} />
          <CodeText text={shown.text} />
          <Until code={shown} />
          <button type="button" onClick={enlarge}>
            {t().code.large}
          </button>
          <NewCode storeId={storeId} onReplaced={reload} />
        </div>
      )}
      {shown && isBright && Bright && <Bright code={shown} onClose={() => setIsBright(false)} />}
    </section>
  );
}

const LONG = 20;

export function CodeText({ text }: { readonly text: string }) {
  return <p class={text.length > LONG ? 'text long' : 'text'}>{text}</p>;
}

/** Say until when a code can be shown, if it changes. */
export function Until({ code }: { readonly code: ShownCode }) {
  if (!code.endsAt) return null;
  return (
    <p class="until">
      <time dateTime={code.endsAt.toISOString()}>{t().code.until(second(code.endsAt))}</time>
    </p>
  );
}
