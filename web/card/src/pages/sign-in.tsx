/** `/sign-in`: then back to where the person came from. Google and Apple send people here, too. */

import { useEffect, useState } from 'preact/hooks';
import { parts, replace } from '../../../shared/lib/router.ts';
import { SignIn } from '../../../shared/ui/sign-in.tsx';
import { Loading } from '../../../shared/ui/status.tsx';
import { backOf, pathOf } from '../sign-in/back.ts';
import { OtherWays } from '../sign-in/other-ways.tsx';
import { hasAnswer, SignInRefused, takeAnswer } from '../sign-in/providers.ts';
import { withoutJoining } from '../joining.ts';
import { t } from '../words.ts';

export default function SignInPage() {
  const back = backOf(new URLSearchParams(location.search).get('back'));
  const [isComing, setComing] = useState(hasAnswer);
  const [note, setNote] = useState('');

  useEffect(() => {
    if (!isComing) return;
    void takeAnswer().then((taken) => {
      const next = backOf(taken.back);
      if (taken.error === undefined) return goOn(next);
      goOn(pathOf(next)); // Whichever way is tried next leads to where the person wanted to go.
      setNote(sentenceFor(taken.error));
      setComing(false);
    });
  }, []);

  if (isComing) return <Loading />;
  return (
    <>
      <SignIn
        link={pathOf(back)}
        note={note}
        onDone={() => goOn(back)}
        onDoneElsewhere={() => goOn(withoutJoining(back))}
      />
      <OtherWays back={back} />
    </>
  );
}

/** Who has left this page meanwhile stays where they are. */
function goOn(to: string): void {
  if (parts()[0] === 'sign-in') replace(to);
}

function sentenceFor(error: unknown): string {
  const words = t().signInBy;
  if (error instanceof SignInRefused) return words[error.reason];
  const { code } = error as { code?: unknown };
  return code === 'auth/account-exists-with-different-credential' ? words.otherWay : words.failed;
}
