/** Where this page's Firebase project is. Hosting tells it; so no build belongs to one project. */

export interface Environment {
  readonly projectId: string;
  readonly apiKey: string;
  readonly authDomain: string | undefined;
  /** Of the web app that is registered in the project; messages to a browser need both. */
  readonly appId?: string;
  readonly messagingSenderId?: string;
  /** Hosts of the emulators, on a developer's machine only. */
  readonly emulators: { readonly auth: string; readonly firestore: string } | undefined;
  /** Where else people can sign in; a developer's machine names stand-ins. */
  readonly signIn?: { readonly google?: SignInProvider; readonly apple?: SignInProvider };
}

export interface SignInProvider {
  readonly clientId: string;
  readonly authorizeUrl: string;
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
  const found = (await answer.json()) as Environment;
  return { ...found, signIn: found.signIn ?? signInOfBuild() };
}

/** What the operator has set for the build, as Hosting tells nothing of it: docs/card.md. */
function signInOfBuild(): NonNullable<Environment['signIn']> {
  const { VITE_GOOGLE_CLIENT_ID: google, VITE_APPLE_CLIENT_ID: apple } = import.meta.env as Record<
    string,
    string | undefined
  >;
  return {
    ...(google && {
      google: { clientId: google, authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth' },
    }),
    ...(apple && {
      apple: { clientId: apple, authorizeUrl: 'https://appleid.apple.com/auth/authorize' },
    }),
  };
}
