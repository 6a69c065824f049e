import { Command, CommanderError } from 'commander';
import { clientCommand } from './client-command.js';
import { exportsCommand } from './exports-command.js';
import { importCommand } from './import-command.js';
import { messagesCommand } from './messages-command.js';
import { Terminal } from './terminal.js';
import { verifyCommand } from './verify-command.js';

const FAILED = 1;
const EXIT_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Runs the `sluice` command. Resolves with the exit code: 0, 1 after a failure that was told in one sentence, or that of the signal that
 * stopped it. Never rejects.
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = new Command('sluice')
    .description('Governed, fast access to very large tables.')
    .addCommand(importCommand(terminal))
    .addCommand(clientCommand(terminal))
    .addCommand(exportsCommand(terminal))
    .addCommand(messagesCommand(terminal))
    .addCommand(verifyCommand(terminal))
    .showHelpAfterError('(sluice --help tells more)')
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    });
  for (const command of allCommands(program)) command.exitOverride().copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    terminal.stderr.write(`sluice: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT_CODES[String(terminal.signal.aborted && terminal.signal.reason)] ?? FAILED;
  }
}

function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
