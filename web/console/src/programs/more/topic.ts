/** A topic of a program's rules: what holds, in sentences, and the form that changes it. */

import type { Faults } from '../faults.ts';
import type { Answers, FormField, Typed } from '../form/fields.ts';
import type { Changes, Program } from '../program.ts';

export interface Topic {
  /** What holds now; nothing if the program does without it. */
  readonly sentences: (program: Program) => readonly string[];
  /** Without, only the API changes it. */
  readonly form?: TopicForm;
}

export interface TopicForm {
  readonly fields: (program: Program, typed: Typed) => readonly FormField[];
  readonly typed: (program: Program) => Typed;
  readonly changes: (program: Program, answers: Answers) => Changes;
  readonly check?: (answers: Answers) => Faults;
}
