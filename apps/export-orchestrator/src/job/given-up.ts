import { ErrorPayload } from '@sluice/contracts';

/** Told of a job whose last attempt ended without an answer: nobody knows more. */
export const ATTEMPTS_USED_UP: ErrorPayload = {
  code: 'export-failed',
  message: 'The export was given up: the last attempt to run it ended without an answer.',
  details: {},
};

/** Told of a job that is not tried again, because its workers fell silent one after the other. */
export const SET_ASIDE: ErrorPayload = {
  code: 'export-set-aside',
  message: 'The export was set aside: the workers that ran it fell silent one after the other.',
  details: {},
};
