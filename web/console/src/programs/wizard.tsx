/** `/console/programs/new/{step}`: from nothing to an open program, with the card beside. */

import './programs.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { go, parts, replace } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { may, refreshStore, store } from '../access.ts';
import { isTest } from '../mode.ts';
import { laterOf, newDraft, nextOf, type Draft, type Step } from './draft.ts';
import { atOnce, faultsOf, openStep, type Faults } from './faults.ts';
import { useFirstFault } from './form/use-first-fault.ts';
import { openingFailure } from './failure-text.ts';
import { dropDraft, keepDraft, recallDraft } from './kept-draft.ts';
import { made } from './made.ts';
import { OldDraft } from './old-draft.tsx';
import { Preview } from './preview.tsx';
import { keyOf, placeOf, requestOf } from './request.ts';
import { Buttons } from './steps/buttons.tsx';
import { LookStep } from './steps/look-step.tsx';
import { NameStep } from './steps/name-step.tsx';
import { Summary } from './steps/open-step.tsx';
import { RulesStep } from './steps/rules-step.tsx';
import { TypeStep } from './steps/type-step.tsx';
import { addressOf, Stepper } from './stepper.tsx';
import { shownOf } from './shown.ts';
import { p } from './words.ts';

export default function WizardPage() {
  const canMake = may('createLoyaltyProgram');
  useEffect(() => {
    if (!canMake) replace('/console/programs');
  }, [canMake]);
  return canMake ? <Wizard /> : null;
}

const emptyDraft = (): Draft => newDraft(crypto.randomUUID(), p().wizard.levelNames);

function Wizard() {
  const storeId = store.value?.storeId ?? '';
  const currency = store.value?.currency ?? 'EUR';
  const [draft, setDraft] = useState<Draft>(() => recallDraft(storeId) ?? emptyDraft());
  const [isOld, setOld] = useState(() => recallDraft(storeId) !== undefined);
  const [tried, setTried] = useState('');
  const [refused, setRefused] = useState<Faults>({});
  const form = useRef<HTMLFormElement>(null);
  const focusFirst = useFirstFault(form);
  const { isBusy, error, clear, run } = useAction();
  const words = p().wizard;

  const wanted = parts()[3] ?? '';
  const step = openStep(draft, wanted, locale);
  useEffect(() => {
    if (wanted !== step) replace(addressOf(step));
  }, [wanted, step]);

  const all = faultsOf(draft, step, locale);
  const faults = { ...refused, ...(tried === step ? all : atOnce(all, draft.numbers)) };
  const { look, isInDoubt, sentences } = shownOf(draft, currency);

  function change(changes: Partial<Draft>): void {
    const changed = { ...draft, ...changes };
    setDraft(changed);
    setRefused({});
    clear();
    keepDraft(storeId, changed);
  }

  function goOn(event: Event): void {
    event.preventDefault();
    if (Object.keys(faultsOf(draft, step, locale)).length > 0) {
      setTried(step);
      focusFirst();
    } else if (step !== 'open') {
      const next = nextOf(step);
      change({ furthest: laterOf(draft.furthest, next) });
      go(addressOf(next));
    }
  }

  function beginAnew(): void {
    dropDraft(storeId);
    setDraft(emptyDraft());
    setOld(false);
    setTried('');
    setRefused({});
    clear();
    go(addressOf('type'));
  }

  function create(isActive: boolean): void {
    run(async () => {
      const body = requestOf(draft, storeId, isActive, locale);
      const headers = { 'Idempotency-Key': keyOf(draft, body) };
      try {
        const { programId } = await ask((api, signal) => api.POST('/createLoyaltyProgram', { body, headers, signal }));
        if (!isTest.value) dropDraft(storeId); // The sandbox has made nothing.
        made.value = programId;
        await refreshStore(storeId); // The till takes the open programs from there.
        const isHere = parts()[2] === 'new'; // Who has gone elsewhere meanwhile finds it in the list.
        if (isHere) replace(`/console/programs/${encodeURIComponent(programId)}`);
      } catch (failure) {
        if (!land(failure)) throw failure;
      }
    });
  }

  /** Show a refusal where it belongs. Return whether it has a place. */
  function land(failure: unknown): boolean {
    const fields = failure instanceof Problem ? failure.details['fields'] : undefined;
    const places = Object.keys(fields ?? {}).map(placeOf);
    const first = places.find((each) => each.step !== 'open');
    if (!first) return false;
    setRefused(Object.fromEntries(places.map((each) => [each.field, 'refused'])));
    go(addressOf(first.step));
    focusFirst();
    return true;
  }

  const titles: Readonly<Record<Step, string>> = {
    type: words.kind.title,
    name: words.name.title,
    rules: words.rules.title,
    look: words.look.title,
    open: words.open.title,
  };
  const props = { draft, faults, onChange: change, currency };
  return (
    <>
      <h1 tabIndex={-1}>{words.title}</h1>
      {isOld && <OldDraft onBeginAnew={beginAnew} />}
      <Stepper draft={draft} now={step} />
      <div class="with-preview">
        <form class="panel" noValidate onSubmit={goOn} ref={form} aria-busy={isBusy}>
          {step !== 'type' && <h2>{titles[step]}</h2>}
          {step === 'type' && <TypeStep {...props} />}
          {step === 'name' && <NameStep {...props} />}
          {step === 'rules' && <RulesStep {...props} />}
          {step === 'look' && <LookStep {...props} />}
          {step === 'open' && <Summary draft={draft} sentences={sentences} />}
          <Buttons step={step} isBusy={isBusy} problem={error === undefined ? '' : openingFailure(error)} onCreate={create} />
        </form>
        <Preview look={look} sentences={step === 'open' ? [] : sentences} isInDoubt={isInDoubt} />
      </div>
    </>
  );
}
