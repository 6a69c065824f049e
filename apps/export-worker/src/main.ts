// First: it has to act before the other modules are loaded.
import './few-collections.js';
import 'reflect-metadata';
import { runMain } from '@sluice/service-kit';
import { startNetworkedExportWorker } from './networked.js';

void runMain((stopping) => startNetworkedExportWorker(process.env, stopping));
