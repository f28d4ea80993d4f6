/** What each step of the wizard gets. */

import type { Draft } from '../draft.ts';
import type { Faults } from '../faults.ts';

export interface StepProps {
  readonly draft: Draft;
  /** What is wrong, as far as it is to be shown. */
  readonly faults: Faults;
  readonly onChange: (changes: Partial<Draft>) => void;
  readonly currency: string;
}
