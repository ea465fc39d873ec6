package dev.traced.standalone;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

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
            TopicsCommand.class,
            SidecarCommand.class,
            NodeCommand.class,
            DemoCommand.class
        })
public final class Traced implements Callable<Integer> {
    private static final List<String> LOG_LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] args) {
        String level = System.getenv().getOrDefault("LOG_LEVEL", "");
        if (!level.isEmpty() && !LOG_LEVELS.contains(level.toUpperCase(Locale.ROOT))) {
            System.err.println("traced: LOG_LEVEL must be one of " + String.join(", ", LOG_LEVELS) + ", was " + level);
            System.exit(CommandLine.ExitCode.USAGE);
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Traced())
                .setUsageHelpAutoWidth(true)
                .setExpandAtFiles(false) // an @ is read by the setting it is of
                .setParameterExceptionHandler(Traced::oneLine)
                .setExecutionExceptionHandler(Traced::oneLine);
    }

    private static int oneLine(ParameterException e, String[] args) {
        boolean isCommand =
                e instanceof UnmatchedArgumentException && e.getCommandLine().getParent() == null;
        String message = isCommand ? "unknown command '" + args[0] + "'; see traced --help" : e.getMessage();
        e.getCommandLine().getErr().println("traced: " + message);
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
