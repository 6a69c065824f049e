/** A failure that its message tells whole, to whoever runs the program: no stack is shown with it. */
export class PlainError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PlainError';
  }
}
