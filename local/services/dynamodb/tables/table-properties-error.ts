/** What is wrong with a table's properties; the message names the table and each property. */
export class TablePropertiesError extends Error {
  override readonly name = 'TablePropertiesError';

  constructor(table: string, problem: string) {
    super(`DynamoDB table '${table}': ${problem}`);
  }
}
