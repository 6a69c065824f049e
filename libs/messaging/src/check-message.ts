import { EventDefinition, RpcDefinition, SluiceError } from '@sluice/contracts';
import { z } from 'zod';

/*
 * What arrives is looked at before anybody works with it, and then passed on as it came: not copied, with fields that the schema does
 * not know, and with keys such as `__proto__` as they are. Both adapters call these functions, at the side where a message arrives.
 */

/** Places beyond these are not listed; a message may be wrong in as many places as it has fields. */
const MOST_PLACES = 20;

/** @throws SluiceError `message-refused` */
export function checkRequest<Req, Res>(rpc: RpcDefinition<Req, Res>, message: unknown): Req {
  return checked(rpc.request, message, `The request "${rpc.name}"`, rpc.version);
}

/** @throws SluiceError `message-refused` */
export function checkReply<Req, Res>(rpc: RpcDefinition<Req, Res>, reply: unknown): Res {
  return checked(rpc.response, reply, `The answer to "${rpc.name}"`, rpc.version);
}

/** @throws SluiceError `message-refused`; no further delivery can mend the message. */
export function checkEvent<T>(event: EventDefinition<T>, message: unknown): T {
  return checked(event.message, message, `The event "${event.name}"`, event.version);
}

/** For a message of a version that is not served here. */
export function unknownVersion(what: { readonly name: string; readonly version: number }): SluiceError {
  return new SluiceError(
    'message-refused',
    `"${what.name}" is known here in version ${what.version} only, and came in another one.`,
  );
}

/** For content that cannot even be decoded. */
export function unreadable(name: string, cause: unknown): SluiceError {
  return new SluiceError('message-refused', `"${name}" came in a form that cannot be read.`, {}, { cause });
}

function checked<T>(schema: z.ZodType<T>, message: unknown, what: string, version: number): T {
  const { error } = schema.safeParse(message);
  if (!error) return message as T;
  throw new SluiceError(
    'message-refused',
    `${what} does not have the form of version ${version}.`,
    {},
    { cause: new Error(placesOf(error)) },
  );
}

/** Where it is wrong, for the log: paths and kinds of mistakes, never a value. */
function placesOf({ issues }: z.ZodError): string {
  const places = issues
    .slice(0, MOST_PLACES)
    .map(({ path, code }) => `/${path.map(String).join('/')}: ${code}`);
  return issues.length > MOST_PLACES ? `${places.join('; ')}; and more` : places.join('; ');
}
