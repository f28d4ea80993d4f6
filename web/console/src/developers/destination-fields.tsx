/** A queue or bus on AWS as the place of an endpoint, and by what AWS lets us send there. */

import type { components } from '../../../shared/api/schema.gen.ts';
import { Choices } from '../ui/choices.tsx';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import { SecretField } from './secret-field.tsx';

type Destination = NonNullable<components['schemas']['DestinationOrNull']>;
export type Kind = Destination['kind'];

/** As it is typed. `place` is the queue's URL or the bus's ARN. */
export interface Typed {
  readonly place: string;
  readonly by: 'access_key' | 'role';
  readonly keyId: string;
  readonly secret: string;
  readonly role: string;
}

export const EMPTY: Typed = { place: '', by: 'access_key', keyId: '', secret: '', role: '' };

type Faults = Partial<Record<'place' | 'keyId' | 'secret' | 'role', string>>;

export function faultsOf(kind: Kind, typed: Typed): Faults {
  const words = t().developers.destinations;
  const isQueue = kind === 'aws_sqs';
  const isPlace = isQueue ? URL.canParse(typed.place.trim()) : typed.place.trim().startsWith('arn:aws');
  return {
    ...(!isPlace && { place: isQueue ? words.queueBad : words.busBad }),
    ...(typed.by === 'role' && !typed.role.trim().startsWith('arn:aws') && { role: words.roleBad }),
    ...(typed.by === 'access_key' && !/^[A-Z0-9]{16,128}$/.test(typed.keyId.trim()) && { keyId: words.keyIdBad }),
    ...(typed.by === 'access_key' && typed.secret.length < 16 && { secret: words.keySecretBad }),
  };
}

export function destinationOf(kind: Kind, typed: Typed): Destination {
  const credentials =
    typed.by === 'role'
      ? { type: 'role' as const, roleArn: typed.role.trim() }
      : { type: 'access_key' as const, accessKeyId: typed.keyId.trim(), secretAccessKey: typed.secret.trim() };
  return kind === 'aws_sqs'
    ? { kind, queueUrl: typed.place.trim(), credentials }
    : { kind, eventBusArn: typed.place.trim(), credentials };
}

interface Props {
  readonly kind: Kind;
  readonly typed: Typed;
  readonly faults: Faults;
  readonly onType: (typed: Typed) => void;
}

export function DestinationFields({ kind, typed, faults, onType }: Props) {
  const words = t().developers.destinations;
  const set = (changes: Partial<Typed>): void => onType({ ...typed, ...changes });
  const [label, hint] = kind === 'aws_sqs' ? [words.queue, words.queueHint] : [words.bus, words.busHint];
  return (
    <>
      <Field label={label} hint={hint} problem={faults.place} value={typed.place} onInput={(place) => set({ place })} />
      <Choices
        legend={words.by}
        choices={[
          { value: 'access_key', name: words.byKey, note: words.byKeyNote },
          { value: 'role', name: words.byRole, note: words.byRoleNote },
        ]}
        value={typed.by}
        onChoose={(by) => set({ by })}
      />
      {typed.by === 'role' ? (
        <Field label={words.role} hint={words.roleHint} problem={faults.role} value={typed.role} onInput={(role) => set({ role })} />
      ) : (
        <>
          <Field label={words.keyId} problem={faults.keyId} value={typed.keyId} onInput={(keyId) => set({ keyId })} />
          <SecretField label={words.keySecret} problem={faults.secret} value={typed.secret} onInput={(secret) => set({ secret })} />
        </>
      )}
    </>
  );
}
