/**
 * Sends something on a channel; false when the channel has just gone. Between the loss of a connection and the moment its stations are
 * told, the client library throws at whoever sends, and in an abort listener that would end the process.
 */
export function ifChannelLives(send: () => void): boolean {
  try {
    send();
    return true;
  } catch (error) {
    // By name: the library's types do not tell of the class.
    if (error instanceof Error && error.name === 'IllegalOperationError') return false;
    throw error;
  }
}
