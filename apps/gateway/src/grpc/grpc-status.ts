import { status } from '@grpc/grpc-js';
import { ERROR_CODES, type ErrorCode } from '@sluice/contracts';

type HttpStatus = (typeof ERROR_CODES)[ErrorCode]['status'];

/**
 * The gRPC status for each HTTP status of the register: what a client library does with one (give up, log in, come again) it does with the
 * other. The type makes it complete. A page of docs/grpc.md says the same, and a test compares them.
 */
export const GRPC_STATUS: Readonly<Record<HttpStatus, status>> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  405: status.UNIMPLEMENTED,
  406: status.INVALID_ARGUMENT,
  408: status.DEADLINE_EXCEEDED,
  409: status.FAILED_PRECONDITION,
  410: status.NOT_FOUND,
  413: status.RESOURCE_EXHAUSTED,
  415: status.INVALID_ARGUMENT,
  416: status.OUT_OF_RANGE,
  422: status.FAILED_PRECONDITION,
  429: status.RESOURCE_EXHAUSTED,
  431: status.RESOURCE_EXHAUSTED,
  499: status.CANCELLED,
  500: status.INTERNAL,
  503: status.UNAVAILABLE,
  504: status.DEADLINE_EXCEEDED,
};

export function grpcStatusOf(code: ErrorCode): status {
  return GRPC_STATUS[ERROR_CODES[code].status];
}
