/** Whether the service speaks the whole language: casts, arithmetic of dates, first and last, and what else came with them. */
export const WHOLE: boolean = false;
