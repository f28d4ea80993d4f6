/** Give a voucher codes of one's own, typed or from a file, and say what became of each. */

import { useId, useRef, useState } from 'preact/hooks';
import { ask } from '../../../../shared/api/client.ts';
import { number } from '../../../../shared/i18n/format.ts';
import { Failed } from '../../../../shared/ui/status.tsx';
import { useAction } from '../../../../shared/lib/use-action.ts';
import { useUnsaved } from '../../ui/unsaved.ts';
import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { inCalls, readCodes, type Reason, type Refused } from './codes.ts';
import type { Reward } from './reward.ts';

interface Props {
  readonly program: Program;
  readonly reward: Reward;
  readonly onChanged: () => Promise<void>;
}

interface Report {
  readonly added: number;
  readonly left: number;
  readonly refused: readonly Refused[];
}

export function VoucherCodes({ program, reward, onChanged }: Props) {
  const words = p().rewards.codes;
  const id = useId();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [report, setReport] = useState<Report>();
  /** A file that is being read: who adds its codes at once need not wait for it. */
  const file = useRef<Promise<string>>(undefined);
  const { isBusy, error, run } = useAction();
  useUnsaved(text.trim() !== '');

  function submit(event: Event): void {
    event.preventDefault();
    setReport(undefined);
    setProblem('');
    run(async () => {
      const { codes, refused } = readCodes((await file.current) ?? text);
      if (codes.length + refused.length === 0) {
        setProblem(words.empty);
        return;
      }
      let made: Report = { added: 0, left: 0, refused };
      for (const call of inCalls(codes)) {
        made = await sent(program, reward, call, made); // In their order; sent again, nothing is added twice.
      }
      setReport(made);
      setText('');
      await onChanged();
    });
  }

  function choose(chosen: File | undefined): void {
    if (!chosen) return;
    const reading = chosen.text().catch(() => text); // Changed or gone since it was chosen: what is there stays.
    file.current = reading;
    void reading.then((read) => {
      if (file.current !== reading) return;
      file.current = undefined;
      setText(read);
    });
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <h3>{words.title}</h3>
      <p class="quiet">{words.note}</p>
      <form class="stack" noValidate onSubmit={submit}>
        <div class="field">
          <label for={id}>{words.label}</label>
          <textarea
            id={id}
            rows={6}
            spellcheck={false}
            value={text}
            aria-invalid={problem ? true : undefined}
            aria-describedby={`${id}-problem`}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <p id={`${id}-problem`} class="problem" role="alert">
            {problem}
          </p>
        </div>
        <label>
          {words.file}
          <input type="file" accept=".txt,.csv,text/plain,text/csv" onChange={(event) => choose(event.currentTarget.files?.[0])} />
        </label>
        {error !== undefined && <Failed error={error} />}
        <button type="submit" aria-disabled={isBusy}>
          {words.send}
        </button>
      </form>
      <p role="status">{report && report.added > 0 ? words.added(number(report.added), number(report.left)) : ''}</p>
      {report && report.refused.length > 0 && <RefusedRows refused={report.refused} />}
    </section>
  );
}

async function sent(
  { programId }: Program,
  { rewardId }: Reward,
  call: readonly { readonly line: number; readonly code: string }[],
  before: Report,
): Promise<Report> {
  const body = { programId, rewardId, codes: call.map((each) => each.code) };
  const answer = await ask((api, signal) => api.POST('/importVoucherCodes', { body, signal }));
  const refused = answer.results
    .filter((each) => each.outcome !== 'imported')
    .map(({ index, outcome }): Refused => ({ line: call[index]?.line ?? 0, reason: outcome as Reason }));
  return {
    added: before.added + answer.imported,
    left: answer.codesLeft,
    refused: [...before.refused, ...refused].sort((one, other) => one.line - other.line),
  };
}

const ROWS_MAX = 50;

function RefusedRows({ refused }: { readonly refused: readonly Refused[] }) {
  const words = p().rewards.codes;
  return (
    <>
      <table class="reasons">
        <caption>
          {words.refused}: {number(refused.length)}
        </caption>
        <thead>
          <tr>
            <th scope="col">{words.line}</th>
            <th scope="col">{words.why}</th>
          </tr>
        </thead>
        <tbody>
          {refused.slice(0, ROWS_MAX).map((each) => (
            <tr key={each.line}>
              <th scope="row">
                {words.line} {number(each.line)}
              </th>
              <td>{words.reasons[each.reason]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {refused.length > ROWS_MAX && <p class="quiet">{words.more(number(refused.length - ROWS_MAX))}</p>}
    </>
  );
}
