/** Which role somebody gets, and in which stores. */

import { Choices } from '../ui/choices.tsx';
import { stores, type Role } from '../access.ts';
import { t } from '../words.ts';
import { oneself } from './people.ts';
import { isLimitable, mayGive, rolesToGive } from './rights.ts';

export interface Given {
  readonly role: Role;
  readonly storeIds: readonly string[];
}

interface Props {
  readonly given: Given;
  readonly onGive: (given: Given) => void;
  readonly problem: string;
}

/** Return what is wrong with it, in words; empty if nothing is. */
export function faultOf({ role, storeIds }: Given): string {
  return mayGive(oneself(), role, isLimitable(role) ? storeIds : []) ? '' : t().staff.storesEmpty;
}

export function RoleFields({ given, onGive, problem }: Props) {
  const words = t().staff;
  const roles = rolesToGive(oneself().role).map((value) => ({
    value,
    name: t().shell.roles[value],
    note: words.roleNotes[value],
  }));

  function toggle(storeId: string): void {
    const isIn = given.storeIds.includes(storeId);
    const storeIds = isIn ? given.storeIds.filter((each) => each !== storeId) : [...given.storeIds, storeId];
    onGive({ ...given, storeIds });
  }

  return (
    <>
      <Choices
        legend={words.role}
        choices={roles}
        value={given.role}
        onChoose={(role) => onGive({ ...given, role })}
        problem={isLimitable(given.role) ? '' : problem}
      />
      {isLimitable(given.role) && (
        <fieldset class="choices">
          <legend>{words.stores}</legend>
          {stores.value.map((each) => (
            <label class="choice" key={each.storeId}>
              <input
                type="checkbox"
                checked={given.storeIds.includes(each.storeId)}
                onChange={() => toggle(each.storeId)}
              />
              <span>{each.name}</span>
            </label>
          ))}
          {oneself().storeIds.length === 0 && <p class="quiet">{words.storesHint}</p>}
          <p class="problem" role="alert">
            {problem}
          </p>
        </fieldset>
      )}
    </>
  );
}
