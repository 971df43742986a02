/** The operator's policy file, as YAML or JSON. */
import { parse } from 'yaml';
import { policyInForce } from '../core/policy/policy.ts';
import { OperatorPolicy } from '../schemas/policy.ts';
import { ConfigError } from './errors.ts';
import { forbiddenName } from './forbidden-name.ts';

/**
 * The policy of a file's text. Throws ConfigError that names the field: a service must not start with a policy that its
 * operator believes to be in force and that is not.
 */
export function readPolicyFile(text: string): OperatorPolicy {
  let data: unknown;
  try {
    data = parse(text) ?? {};
  } catch (cause) {
    throw new ConfigError(`DRYDOCK_POLICY_FILE is neither YAML nor JSON. ${String(cause).slice(0, 300)}`, { cause });
  }
  const forbidden = forbiddenName(data);
  if (forbidden !== undefined) {
    throw new ConfigError(`DRYDOCK_POLICY_FILE cannot be used. ${forbidden.join('.').slice(0, 300)}: no such name.`);
  }
  const read = OperatorPolicy.safeParse(data);
  if (!read.success) {
    const wrong = read.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
    throw new ConfigError(`DRYDOCK_POLICY_FILE cannot be used. ${wrong.slice(0, 5).join('. ')}.`);
  }
  const [first] = policyInForce({ operator: read.data }).notHeeded;
  if (first !== undefined) throw new ConfigError(`DRYDOCK_POLICY_FILE cannot be used. ${first}`);
  return read.data;
}
