import { auditRecorded, EventDefinition, exportFinished, exportReady } from '@sluice/contracts';
import { listQueues, putBack } from '@sluice/messaging';
import { rabbitMqUrlOf } from '@sluice/service-kit';
import { Command, InvalidArgumentError } from 'commander';
import { Terminal } from './terminal.js';

const EVENTS: readonly EventDefinition<unknown>[] = [auditRecorded, exportReady, exportFinished];
const MOST = 100_000;

/** `sluice messages list|put-back`: what was set aside on the broker of SLUICE_RABBITMQ_URL. */
export function messagesCommand(terminal: Terminal): Command {
  const tell = (answer: object): void => {
    terminal.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  };
  const list = new Command('list')
    .description('Prints for each event how many messages wait, and how many were set aside.')
    .action(async () => {
      tell(await listQueues(rabbitMqUrlOf(terminal.env), EVENTS));
    });
  const back = new Command('put-back')
    .description('Puts what was set aside of an event back before its service; prints how many messages.')
    .argument('<event>', EVENTS.map(({ name }) => name).join(', '), readEvent)
    .option('--most <count>', 'no more than so many, the oldest first', readCount, MOST)
    .action(async (event: EventDefinition<unknown>, { most }: { readonly most: number }) => {
      tell({ event: event.name, putBack: await putBack(rabbitMqUrlOf(terminal.env), event, most) });
    });
  return new Command('messages')
    .description('Looks after messages that no service could handle; needs SLUICE_RABBITMQ_URL.')
    .addCommand(list)
    .addCommand(back);
}

function readEvent(text: string): EventDefinition<unknown> {
  const event = EVENTS.find(({ name }) => name === text);
  if (event) return event;
  throw new InvalidArgumentError(`Events are ${EVENTS.map(({ name }) => name).join(', ')}.`);
}

function readCount(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST) return count;
  throw new InvalidArgumentError(`A whole number from 1 to ${MOST.toString()}.`);
}
