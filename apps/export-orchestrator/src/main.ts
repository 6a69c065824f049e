import 'reflect-metadata';
import { runMain } from '@sluice/service-kit';
import { startNetworkedExportOrchestrator } from './networked.js';

void runMain((stopping) => startNetworkedExportOrchestrator(process.env, stopping));
