"""The only code that speaks Firestore: paths, documents and the commit protocol."""
