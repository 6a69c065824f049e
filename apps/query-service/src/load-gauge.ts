import { EngineLoad } from '@sluice/engine';
import { gauge } from '@sluice/service-kit';

/** Shows how many statements run, wait in line, and ignore their stop. */
export function loadGauge(): (load: EngineLoad) => void {
  const statements = gauge({
    name: 'sluice_engine_statements',
    help: 'Statements by state: running, waiting in line, stuck (stopped, but going on).',
    labels: ['state'],
  });
  return ({ running, waiting, stuck }) => {
    statements.set({ state: 'running' }, running);
    statements.set({ state: 'waiting' }, waiting);
    statements.set({ state: 'stuck' }, stuck);
  };
}
