import 'reflect-metadata';
import { runMain } from '@sluice/service-kit';
import { startNetworkedExportWorker } from './networked.js';

void runMain(() => startNetworkedExportWorker(process.env));
