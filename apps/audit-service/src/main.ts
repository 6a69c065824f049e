import 'reflect-metadata';
import { runMain } from '@sluice/service-kit';
import { startNetworkedAuditService } from './networked.js';

void runMain((stopping) => startNetworkedAuditService(process.env, stopping));
