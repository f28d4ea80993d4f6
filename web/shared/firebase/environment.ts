/** Where this page's Firebase project is. Hosting tells it; so no build belongs to one project. */

export interface Environment {
  readonly projectId: string;
  readonly apiKey: string;
  readonly authDomain: string | undefined;
  /** Hosts of the emulators, on a developer's machine only. */
  readonly emulators: { readonly auth: string; readonly firestore: string } | undefined;
}

let loading: Promise<Environment> | undefined;

export function environment(): Promise<Environment> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined; // The next page asks again.
    throw error;
  });
  return loading;
}

async function load(): Promise<Environment> {
  const answer = await fetch('/__/firebase/init.json');
  if (!answer.ok) throw new Error(`init.json: ${answer.status}`);
  return (await answer.json()) as Environment;
}
