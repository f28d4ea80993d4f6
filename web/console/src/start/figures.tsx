/** The figures of a program: what happened today, and altogether. */

import type { ComponentChildren } from 'preact';
import { exactMoney, number } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import type { Program } from '../store.ts';
import { useRead, type Read } from '../ui/use-read.ts';
import { amount, t } from '../words.ts';
import { readFigures, readMonth, readOwed, rowOfToday, type Report, type Row } from './reports.ts';
import { momentIn } from './times.ts';

interface TodayProps {
  readonly program: Program;
  readonly days: Read<Report>;
}

export function Today({ program, days: { value, error, again } }: TodayProps) {
  const words = t().start;
  const row = value && rowOfToday(value);
  return (
    <section class="panel today" aria-label={words.today} aria-busy={!value}>
      <h2>{words.today}</h2>
      {!value && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={again} />}
      {value && (
        <dl class="figures">
          <Figure name={words.issued} value={amount(row?.earned ?? 0, program)} />
          <Figure name={words.redeemed} value={amount(row?.redeemed ?? 0, program)} />
          {row && <CameBack row={row} program={program} />}
          <Figure name={words.newMembers} value={number(row?.newMembers ?? 0)} />
          <Figure name={words.activeMembers} value={number(row?.activeMembers ?? 0)} />
        </dl>
      )}
    </section>
  );
}

export function Total({ program }: { readonly program: Program }) {
  const { value, error, again } = useRead(() => readFigures(program.programId), [program.programId]);
  const words = t().start;
  return (
    <section class="panel total" aria-label={words.total} aria-busy={!value}>
      <h2>{words.total}</h2>
      {!value && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={again} />}
      {value && (
        <dl class="figures">
          <Figure name={words.members} value={number(value.totalMembers)} />
          <Figure name={words.issued} value={amount(value.totalPointsIssued, program)} note={words.issuedNote} />
          <Figure
            name={words.redemptions}
            value={number(value.totalRedemptions)}
            note={words.perMember(number(Math.round(value.redemptionRate) / 100))}
          />
          {may('getLiabilityReport') && <Owed program={program} />}
        </dl>
      )}
      {value && (
        <p class="quiet">
          {words.thisMonth(amount(value.earnedThisMonth, program), amount(value.redeemedThisMonth, program))}
        </p>
      )}
      {value && may('getLoyaltyReport') && <CameBackThisMonth program={program} />}
    </section>
  );
}

/** What was undone of it, and by how much balances have changed in all: only where something was. */
function CameBack({ row, program }: { readonly row: Row; readonly program: Program }) {
  const words = t().start;
  if (row.takenBack === 0 && row.givenBack === 0) return null;
  return (
    <>
      <Figure name={words.takenBack} value={amount(row.takenBack, program)} />
      <Figure name={words.givenBack} value={amount(row.givenBack, program)} />
      <Figure name={words.change} value={amount(row.change, program)} note={words.changeNote} />
    </>
  );
}

function CameBackThisMonth({ program }: { readonly program: Program }) {
  const zone = store.value?.timeZone ?? 'UTC';
  const { value, error, again } = useRead(() => readMonth(program.programId, zone), [program.programId]);
  if (error !== undefined) return <Failed error={error} retry={again} />;
  const row = value?.rows.at(-1);
  if (!row || (row.takenBack === 0 && row.givenBack === 0)) return null;
  return <p class="quiet">{t().start.cameBack(amount(row.takenBack, program), amount(row.givenBack, program))}</p>;
}

/** What members can still spend: the liability of the last night. */
function Owed({ program }: { readonly program: Program }) {
  const { value, error, again } = useRead(() => readOwed(program.programId), [program.programId]);
  const words = t().start;
  if (error !== undefined) return <Figure name={words.owed} value={<Failed error={error} retry={again} />} />;
  if (!value) return <Figure name={words.owed} value="…" />;
  const owed = value.liability;
  if (!owed) return <Figure name={words.owed} value="–" note={words.owedNotYet} />;
  const at = words.owedAt(momentIn(owed.asOf, store.value?.timeZone ?? 'UTC'));
  const isMoney = program.programType === 'cashback';
  const worth = owed.value === null || isMoney ? '' : words.worth(exactMoney(owed.value, value.currency));
  return <Figure name={words.owed} value={amount(owed.outstanding, program)} note={`${worth}${at}`} />;
}

interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly note?: string;
}

function Figure({ name, value, note }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="large">{value}</dd>
      {note && <dd class="quiet">{note}</dd>}
    </div>
  );
}
