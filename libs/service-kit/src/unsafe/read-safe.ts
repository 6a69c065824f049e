import { Environment, SettingsError } from '../settings.js';
import {
  certificatesChecked,
  knownPasswords,
  noFailpointInProduction,
  plainServers,
} from './common-rules.js';
import { limitsOn, proxiesNamed, publicUrlEncrypted } from './edge-rules.js';
import { allowedIn, knownExceptions, Rule } from './exceptions.js';

const COMMON = [knownExceptions, plainServers, knownPasswords, certificatesChecked, noFailpointInProduction];
const EDGE = [publicUrlEncrypted, proxiesNamed, limitsOn];

/** Refuses what is valid, yet not safe for any service. Throws SettingsError. */
export function refuseUnsafe(env: Environment): void {
  apply(COMMON, env);
}

/** Refuses what is not safe for whoever answers callers. Throws SettingsError. */
export function refuseUnsafeEdge(env: Environment): void {
  apply(EDGE, env);
}

function apply(rules: readonly Rule[], env: Environment): void {
  const allowed = allowedIn(env);
  const problems = rules.flatMap((rule) => rule(env, allowed));
  if (problems.length > 0) throw new SettingsError(problems);
}
