import 'reflect-metadata';
import { runMain } from '@sluice/service-kit';
import { startNetworkedGateway } from './networked.js';

void runMain(() => startNetworkedGateway(process.env));
