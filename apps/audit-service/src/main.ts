import 'reflect-metadata';
import { runMain } from '@sluice/service-kit';
import { startNetworkedAuditService } from './networked.js';

void runMain(() => startNetworkedAuditService(process.env));
