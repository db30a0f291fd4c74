/** The canonical user id of the one account there is. */
export const OWNER = { ID: '0'.repeat(64) };
