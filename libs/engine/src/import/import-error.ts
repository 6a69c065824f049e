/** Why an import was refused: one sentence for whoever started it, with names and counts but never with values of rows. */
export class ImportError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImportError';
  }
}

export function importCanceled(): ImportError {
  return new ImportError('The import was canceled; what was there before is unchanged.');
}
