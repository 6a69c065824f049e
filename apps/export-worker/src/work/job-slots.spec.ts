import { setTimeout as sleep } from 'node:timers/promises';
import { JobSlots } from './job-slots.js';

describe('JobSlots', () => {
  it('lets so many in, and the others in turn', async () => {
    const slots = new JobSlots(2);
    const [first, second] = [await slots.acquire(10), await slots.acquire(10)];
    const order: string[] = [];
    const third = slots.acquire(60_000).then((slot) => (order.push('third'), slot));
    const fourth = slots.acquire(60_000).then((slot) => (order.push('fourth'), slot));
    await sleep(5);
    expect(order).toEqual([]);
    first!();
    first!();
    await third;
    expect(order).toEqual(['third']);
    second!();
    await fourth;
    expect(order).toEqual(['third', 'fourth']);
  });

  it('answers null to who waited too long, and forgets them', async () => {
    const slots = new JobSlots(1);
    const slot = await slots.acquire(10);
    expect(await slots.acquire(10)).toBeNull();
    slot!();
    expect(await slots.acquire(10)).not.toBeNull();
  });

  it('sends everybody away once closed', async () => {
    const slots = new JobSlots(1);
    const slot = await slots.acquire(10);
    const waiting = slots.acquire(60_000);
    slots.close();
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    slot!();
    await expect(slots.acquire(10)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
