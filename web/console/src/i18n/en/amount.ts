export const amount = {
  empty: (example: string) => `Type the amount, such as ${example}.`,
  unclear: (example: string) => `Type the amount like ${example}.`,
  decimals: (example: string) => `That has too many decimals. Type it like ${example}.`,
  tooLarge: (example: string) => `That is too much. Type it like ${example}.`,
};
