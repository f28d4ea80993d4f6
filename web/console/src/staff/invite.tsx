/** Invite somebody by e-mail: the API notes it, and Firebase Auth mails a link to the console. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { mailInvitation } from '../../../shared/firebase/session.ts';
import { store } from '../access.ts';
import { Refused } from '../ui/refused.tsx';
import { useUnsaved } from '../ui/unsaved.ts';
import { useWrite } from '../ui/use-write.ts';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import { Link } from './link.tsx';
import { faultOf, RoleFields, type Given } from './role-fields.tsx';
import { isLimitable } from './rights.ts';

interface Sent {
  readonly email: string;
  readonly isMailed: boolean;
}

const EMAIL = /^\S+@\S+\.\S+$/;

/** A new cashier of the store that is open: that is what is needed most. */
const first = (): Given => ({ role: 'cashier', storeIds: store.value ? [store.value.storeId] : [] });

export function Invite({ onChanged }: { readonly onChanged: () => void }) {
  const [label, setLabel] = useState('');
  const [email, setEmail] = useState('');
  const [given, setGiven] = useState(first);
  const [problems, setProblems] = useState({ label: '', email: '', stores: '' });
  const [sent, setSent] = useState<Sent>();
  const { isBusy, error, again, send } = useWrite();
  useUnsaved(label.trim() !== '' || email.trim() !== '');
  const words = t().staff;

  function submit(event: Event): void {
    event.preventDefault();
    const found = {
      label: label.trim() ? '' : words.nameEmpty,
      email: EMAIL.test(email.trim()) ? '' : t().signIn.invalidEmail,
      stores: faultOf(given),
    };
    setProblems(found);
    if (found.label || found.email || found.stores) return;
    const storeIds = isLimitable(given.role) ? [...given.storeIds] : [];
    const body = { email: email.trim(), role: given.role, storeIds, label: label.trim() };
    send(body, async (header) => {
      const { invitation } = await ask((api, signal) =>
        api.POST('/inviteStaffMember', { body, params: { header }, signal }),
      );
      setSent({ email: invitation.email, isMailed: await mailed(invitation.email) });
      setLabel('');
      setEmail('');
      setGiven(first());
      onChanged();
    });
  }

  return (
    <section class="panel" aria-label={words.invite}>
      <h2>{words.invite}</h2>
      <form class="stack" noValidate onSubmit={submit}>
        <Field label={words.name} hint={words.nameHint} problem={problems.label} value={label} onInput={setLabel} isText />
        <Field label={words.email} hint={words.emailHint} problem={problems.email} value={email} onInput={setEmail} />
        <RoleFields given={given} onGive={setGiven} problem={problems.stores} />
        <button type="submit" aria-disabled={isBusy}>
          {words.send}
        </button>
      </form>
      <Refused error={error} again={again} />
      <p role="status">{sent && (sent.isMailed ? words.mailed(sent.email) : words.notMailed(sent.email))}</p>
      {sent && <Link />}
    </section>
  );
}

/** Mail the link, and tell whether that worked: the invitation is there all the same. */
export async function mailed(email: string): Promise<boolean> {
  try {
    await mailInvitation(email, '/console/sign-in');
    return true;
  } catch {
    return false;
  }
}
