import { unreadable } from '../check-message.js';
import { decodeFrame } from './frame.js';

/** @throws SluiceError `message-refused` for content that is no frame. */
export function readFrame(name: string, content: Buffer): unknown {
  try {
    return decodeFrame(content);
  } catch (error) {
    throw unreadable(name, error);
  }
}
