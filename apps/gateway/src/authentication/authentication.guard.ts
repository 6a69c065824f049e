import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { SluiceError } from '@sluice/contracts';
import { timesSent, type EdgeRequest } from '../http/edge-request.js';
import { PUBLIC_ROUTE } from './public-route.js';
import { TokenVerifier } from './token-verifier.js';

/**
 * The one gate, before every handler. It hangs on the handler, never on the path: however a path is spelt, what Fastify
 * routes to a handler has been through here.
 */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly verifier: TokenVerifier,
  ) {}

  /** @throws SluiceError `unauthenticated`, `tenant-required`, `role-required`, `unavailable` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(PUBLIC_ROUTE, context.getHandler()) === true) return true;
    const request = context.switchToHttp().getRequest<EdgeRequest>();
    refuseSeveral(request);
    const token = bearerOf(request.headers.authorization);
    if (token === null) throw new SluiceError('unauthenticated', 'A bearer token is required.');
    request.principal = await this.verifier.verify(token);
    return true;
  }
}

/** RFC 6750: the scheme in any case, one token of its alphabet. */
export function bearerOf(header: string | undefined): string | null {
  return /^bearer +([\w\-.~+/]+=*)$/i.exec(header ?? '')?.[1] ?? null;
}

/** Of several Node keeps the first, and a proxy may have judged another one. */
function refuseSeveral({ raw }: EdgeRequest): void {
  if (timesSent(raw.rawHeaders, 'authorization') < 2) return;
  throw new SluiceError('unauthenticated', 'The header Authorization may stand only once.');
}
