import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const PUBLIC_ROUTE = Symbol('PublicRoute');

/** Lets a route be used without a token. Every route without this mark needs one. */
export function PublicRoute(): CustomDecorator<symbol> {
  return SetMetadata(PUBLIC_ROUTE, true);
}
