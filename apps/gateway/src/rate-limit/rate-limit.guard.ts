import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type EdgeRequest } from '../http/edge-request.js';
import { RateLimits } from './rate-limits.js';

/** After the gate: whoever came in by a token is counted under its client, whatever the route. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limits: RateLimits) {}

  /** @throws SluiceError `rate-limited`, with the window's end */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const { principal } = http.getRequest<EdgeRequest>();
    if (principal === undefined || this.limits.clients === null) return true;
    const { headers, refusal } = await this.limits.clients.spend(principal.clientId);
    http.getResponse<FastifyReply>().headers(headers);
    if (refusal !== null) throw refusal;
    return true;
  }
}
