/** What a program may have besides: each topic in sentences, and one form for the topic that the address names. */

import { may } from '../../access.ts';
import { EditForm } from '../form/edit-form.tsx';
import { BackToList, namedHere, partAddress } from '../part-link.tsx';
import { updateProgram, type PartProps, type Program } from '../program.ts';
import { p } from '../words.ts';
import type { TopicForm } from './topic.ts';
import { TOPIC_IDS, topicOf, type TopicId } from './topics.ts';

export function MoreRules({ program, onChanged }: PartProps) {
  const named = TOPIC_IDS.find((each) => each === namedHere());
  const form = named && topicOf(named).form;
  if (named && form && may('updateLoyaltyProgram')) {
    return <OneTopic program={program} id={named} form={form} onChanged={onChanged} key={named} />;
  }
  return <AllTopics program={program} />;
}

function AllTopics({ program }: { readonly program: Program }) {
  const words = p().topics;
  return (
    <>
      <p class="quiet">{words.note}</p>
      <section class="panel topics">
        {TOPIC_IDS.map((id) => (
          <TopicRow program={program} id={id} key={id} />
        ))}
      </section>
    </>
  );
}

function TopicRow({ program, id }: { readonly program: Program; readonly id: TopicId }) {
  const words = p().topics;
  const { sentences, form } = topicOf(id);
  const said = sentences(program);
  const { title, none } = words[id];
  return (
    <div class="topic">
      <h2>{title}</h2>
      {said.length === 0 && <p class="quiet">{none}</p>}
      {said.map((each) => (
        <p key={each}>{each}</p>
      ))}
      {!form && <p class="quiet">{words.apiOnly.note}</p>}
      {form && may('updateLoyaltyProgram') && (
        <a class="back" href={partAddress(program, 'more', id)}>
          {words.change} <span class="for-readers">{title}</span>
        </a>
      )}
    </div>
  );
}

function OneTopic({ program, id, form, onChanged }: PartProps & { readonly id: TopicId; readonly form: TopicForm }) {
  const words = p().topics;
  const { title, note } = words[id];
  return (
    <>
      <BackToList program={program} part="more" name={words.all} />
      <h2>{title}</h2>
      <p class="quiet">{note}</p>
      <EditForm
        fields={(typed) => form.fields(program, typed)}
        typed={form.typed(program)}
        submit={p().terms.save}
        done={p().terms.saved}
        {...(form.check && { check: form.check })}
        save={async (answers, headers, before) => {
          await updateProgram(program, form.changes(program, before), form.changes(program, answers), headers);
          await onChanged();
        }}
      />
    </>
  );
}
