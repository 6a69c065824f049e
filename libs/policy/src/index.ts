export { applyPolicy } from './apply-policy.js';
export { GovernanceFiles } from './governance-files.js';
export { loadGovernance } from './load-governance.js';
export { planQuery, typeSeenBy, visibleTo, type Governance, type PlanRequest } from './plan-query.js';
export { Policy, PolicyError, type PolicyTreatment } from './policy.js';
