package dev.traced.standalone;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The launcher: what is wrong is said in one line, and the exit code is not zero. */
@Command(
        name = "traced",
        description = "A distributed-tracing backend that needs nothing but Kafka.",
        mixinStandardHelpOptions = true,
        version = "traced 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            GatewayCommand.class,
            AssemblerCommand.class,
            QueryCommand.class,
            TopicsCommand.class
        })
public final class Traced implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Traced())
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Traced::oneLine)
                .setExecutionExceptionHandler(Traced::oneLine);
    }

    private static int oneLine(ParameterException e, String[] args) {
        e.getCommandLine().getErr().println("traced: " + e.getMessage());
        return CommandLine.ExitCode.USAGE;
    }

    private static int oneLine(Exception e, CommandLine command, CommandLine.ParseResult arguments) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        command.getErr().println("traced: " + message.lines().findFirst().orElse(e.toString()));
        if (Boolean.getBoolean("traced.stacktraces")) {
            e.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing; see traced --help");
    }
}
