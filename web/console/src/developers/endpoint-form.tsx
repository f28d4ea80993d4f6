/** What an endpoint is: its URL, and the events that it gets. */

import { useState } from 'preact/hooks';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { changedOf, isEmpty } from '../ui/changed.ts';
import { Choices } from '../ui/choices.tsx';
import { Field } from '../ui/field.tsx';
import { useUnsaved } from '../ui/unsaved.ts';
import { Select } from '../ui/select.tsx';
import { t } from '../words.ts';
import { DestinationFields, destinationOf, EMPTY, faultsOf, type Kind } from './destination-fields.tsx';
import { EVENT_GROUPS, EVENT_TYPES } from './forms.gen.ts';
import type { Webhook } from './webhooks.tsx';

type Pattern = Webhook['events'][number];

export interface Described {
  readonly url?: string;
  readonly destination?: ReturnType<typeof destinationOf>;
  readonly description: string;
  readonly events: never[];
}

type Props = { readonly submit: string } & (
  | { readonly hook?: never; readonly send: (described: Described) => Promise<void> }
  | { readonly hook: Webhook; readonly send: (changes: Partial<Described>) => Promise<void> }
);

export function EndpointForm(props: Props) {
  const { hook, submit } = props;
  const [url, setUrl] = useState(hook?.url ?? '');
  const [kind, setKind] = useState<'http' | Kind>('http');
  const [typed, setTyped] = useState(EMPTY);
  const [faults, setFaults] = useState<ReturnType<typeof faultsOf>>({});
  const [description, setDescription] = useState(hook?.description ?? '');
  const [isAll, setAll] = useState(hook ? hook.events.includes('*') : true);
  const [chosen, setChosen] = useState<readonly Pattern[]>(hook?.events.filter((each) => each !== '*') ?? []);
  const [problems, setProblems] = useState({ url: '', events: '' });
  const [done, setDone] = useState('');
  const { isBusy, error, run } = useAction();
  const hasUrl = hook ? hook.url !== null : kind === 'http';
  const events = (isAll ? ['*'] : chosen) as never[]; // of the API's own lists
  const content: Described = { description: description.trim(), events, ...(hasUrl && { url: url.trim() }) };
  const [saved, setSaved] = useState(content);
  useUnsaved(hook ? !isEmpty(changedOf(saved, content)) : url.trim() !== '' || description.trim() !== '');
  const words = t().developers.webhooks;

  function submitted(event: Event): void {
    event.preventDefault();
    setDone('');
    const isUrlGood = !hasUrl || isUrl(url.trim());
    const isSome = isAll || chosen.length > 0;
    setProblems({ url: isUrlGood ? '' : words.urlBad, events: isSome ? '' : words.eventsEmpty });
    const found = hook || kind === 'http' ? {} : faultsOf(kind, typed);
    setFaults(found);
    if (!isUrlGood || !isSome || Object.keys(found).length > 0) return;
    run(async () => {
      if (props.hook) {
        const changes = changedOf(saved, content);
        if (!isEmpty(changes)) await props.send(changes);
        setSaved(content);
        setDone(words.saved);
      } else {
        await props.send({ ...content, ...(kind !== 'http' && { destination: destinationOf(kind, typed) }) });
        setUrl('');
        setTyped(EMPTY);
        setDescription('');
      }
    });
  }

  const choose = (name: string, isOn: boolean): void =>
    setChosen(isOn ? [...chosen, name] : chosen.filter((each) => each !== name));

  return (
    <form class="stack" noValidate onSubmit={submitted}>
      {!hook && (
        <Select
          label={words.where}
          value={kind}
          options={[
            ['http', words.kinds.http],
            ['aws_sqs', words.kinds.aws_sqs],
            ['aws_eventbridge', words.kinds.aws_eventbridge],
          ]}
          onInput={(value) => setKind(value as typeof kind)}
        />
      )}
      {!hook && kind !== 'http' && <DestinationFields kind={kind} typed={typed} faults={faults} onType={setTyped} />}
      {hasUrl && <Field label={words.url} hint={words.urlHint} problem={problems.url} value={url} onInput={setUrl} />}
      <Field label={words.description} value={description} onInput={setDescription} />
      <Choices
        legend={words.which}
        choices={[
          { value: 'all', name: words.all },
          { value: 'some', name: words.some },
        ]}
        value={isAll ? 'all' : 'some'}
        onChoose={(value) => setAll(value === 'all')}
        problem={problems.events}
      />
      {!isAll && (
        <>
          <Types legend={words.groups} names={EVENT_GROUPS} chosen={chosen} choose={choose} />
          <details>
            <summary>{words.types}</summary>
            <Types legend={words.types} names={EVENT_TYPES} chosen={chosen} choose={choose} />
          </details>
        </>
      )}
      {error !== undefined && <Failed error={error} />}
      <button type="submit" aria-disabled={isBusy}>
        {submit}
      </button>
      <p role="status">{done}</p>
    </form>
  );
}

interface TypesProps {
  readonly legend: string;
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly choose: (name: string, isOn: boolean) => void;
}

function Types({ legend, names, chosen, choose }: TypesProps) {
  return (
    <fieldset class="types">
      <legend class="for-readers">{legend}</legend>
      {names.map((name) => (
        <label class="check" key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) => choose(name, event.currentTarget.checked)}
          />
          <code>{name}</code>
        </label>
      ))}
    </fieldset>
  );
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
