/** Say who the customer is. A scanner types the code and Enter; a camera reads it. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { clockSkew, isUnknown, Problem } from '../../../shared/api/client.ts';
import { doubtOf } from '../../../shared/lib/member-code.ts';
import { rewardCodeOf } from '../../../shared/lib/which-code.ts';
import { scannedWay, wayOf, type Way } from '../../../shared/lib/who.ts';
import { ScanButton } from '../../../shared/scan/scan-button.tsx';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { identify, nameOf, type Member } from '../people.ts';
import { Field } from '../ui/field.tsx';
import { useSearch } from '../ui/use-search.ts';
import { t } from '../words.ts';
import { Nobody } from './nobody.tsx';
import { keptCustomer, markOf, type Customer } from './outbox-rules.ts';

/** Who stands at the counter: `member` if the API has told, which it cannot without a connection. */
export interface Found {
  readonly customer: Customer;
  readonly mark: string;
  readonly name: string;
  readonly member: Member | undefined;
  /** The code on the card, if it was shown: with it a cashier may take from the balance. */
  readonly code: string | undefined;
}

/** A code that was read into the field of another: a new object each time, as the same may come twice. */
export interface Strayed {
  readonly code: string;
}

interface Props {
  readonly onFound: (found: Found) => void;
  /** A customer's code that was read where a reward's belongs. */
  readonly strayed: Strayed | undefined;
  /** A reward's code was read here. Return what is wrong, if nobody can take it. */
  readonly onReward: (code: string) => string | undefined;
}

/** There is no such customer: not that what was typed is wrong. */
const NOBODY: readonly string[] = ['MEMBER_NOT_FOUND', 'MEMBER_CODE_NOT_FOUND'];

export function FindCustomer({ onFound, strayed, onReward }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [isNobody, setNobody] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const typed = useRef(text);
  typed.current = text;
  const { isBusy, search } = useSearch();
  const words = t().till;

  useLayoutEffect(() => form.current?.querySelector('input')?.focus(), []);
  useEffect(() => {
    if (strayed) scanned(strayed.code);
  }, [strayed]);

  function submit(event: Event): void {
    event.preventDefault();
    const reward = rewardCodeOf(text);
    if (reward) {
      const wrong = onReward(reward);
      setProblem(wrong ?? '');
      if (wrong) form.current?.querySelector('input')?.select();
      else setText('');
      return;
    }
    const way = wayOf(text);
    setNobody(false);
    setProblem(way ? '' : words.whoHint);
    if (!way) return;
    find(way, text);
    const field = form.current?.querySelector('input');
    if (document.activeElement === field) field?.select(); // Whoever is scanned meanwhile takes this one's place.
  }

  function scanned(seen: string): string | undefined {
    const reward = rewardCodeOf(seen);
    if (reward) return onReward(reward);
    const way = scannedWay(seen);
    if (!way) return words.notACode;
    setText(seen);
    find(way, seen);
    return undefined;
  }

  function find(way: Way, wanted: string): void {
    setProblem('');
    setNobody(false);
    search({
      wanted,
      read: () => identify(way),
      show: (member) => onFound(known(member, way)),
      fail: (error) => {
        const found = isUnknown(error) ? unknown(way) : wrongOf(error, way);
        if (typeof found !== 'string') return onFound(found);
        setProblem(found);
        setNobody(error instanceof Problem && NOBODY.includes(error.code));
        // The next scan replaces this one, but not what was typed since.
        if (typed.current === wanted) form.current?.querySelector('input')?.select();
      },
    });
  }

  return (
    <form class="panel till find-customer" noValidate onSubmit={submit} ref={form} aria-busy={isBusy}>
      <h2>{words.customer}</h2>
      <Field label={words.who} hint={words.whoHint} problem={problem} value={text} onInput={setText} isFirst>
        <div class="line">
          <button type="submit">
            {words.find}
          </button>
          <ScanButton label={words.scan} onText={scanned} />
        </div>
      </Field>
      {isNobody && <Nobody />}
    </form>
  );
}

function known(member: Member, way: Way): Found {
  const kept = keptCustomer(way);
  const customer = { userId: member.userId };
  const code = 'memberCode' in way ? way.memberCode : undefined;
  return { customer, mark: markOf(kept ?? customer), name: nameOf(member), member, code };
}

/** What is wrong with what was typed, or else what the API says. */
function wrongOf(error: unknown, way: Way): string {
  const { wrong } = t().till;
  if (!(error instanceof Problem) || error.code !== 'INVALID_PARAMETERS' || 'memberCode' in way) return sentenceOf(error);
  return 'email' in way ? wrong.email : 'phone' in way ? wrong.phone : wrong.customerNumber;
}

/** Take a code or a number without asking; what can be seen to be wrong is said while the customer is there. */
function unknown(way: Way): Found | string {
  const customer = keptCustomer(way);
  if (!customer) return t().till.onlyCodes;
  const doubt = 'memberCode' in customer ? doubtOf(customer.memberCode, Date.now() + clockSkew()) : null;
  if (doubt) return t().till.codeDoubts[doubt];
  const mark = markOf(customer);
  return { customer, mark, name: t().till.somebody(mark), member: undefined, code: undefined };
}
