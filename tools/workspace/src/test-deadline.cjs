const globals = require('@jest/globals');

// Of each test and hook that names none of its own, in ms. It ends what hangs and judges nothing: a machine that does the work
// of thirty others besides takes as long as it takes.
globals.jest.setTimeout(180_000);
