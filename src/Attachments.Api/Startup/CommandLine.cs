using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Attachments.Api.Callers;
using Attachments.Api.Health;
using Attachments.Application.Errors;
using Attachments.Application.Settings;
using Attachments.Infrastructure.EmbeddedPostgres;

namespace Attachments.Api.Startup;

/// <summary>The commands of the program, the signals that end them, and their exit codes: 0 success, 1 failure, 2 wrong usage.</summary>
internal static class CommandLine
{
    private const string Usage = "usage: Attachments.Api [VERB] [--Key=value …]";

    public static async Task<int> Run(string[] args)
    {
        // Messages and numbers are the same wherever the service runs.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        using var stop = new CancellationTokenSource();
        using var interrupt = StopOn(PosixSignal.SIGINT, stop);
        using var terminate = StopOn(PosixSignal.SIGTERM, stop);
        try
        {
            return await Dispatch(args, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 1;
        }
        catch (Exception exception)
        {
            var message = IsForTheOperator(exception) ? exception.Message.ReplaceLineEndings(" ") : exception.ToString();
            await Console.Error.WriteLineAsync($"attachments: {message}");
            return 1;
        }
    }

    /// <summary>
    /// Whether the cause is outside the program: a setting, a file, an address, the database. Then the message is enough; anything else is
    /// a bug, reported with its stack.
    /// </summary>
    private static bool IsForTheOperator(Exception exception) => exception
        is ConfigurationException or EmbeddedPostgresException or RequestException
        or IOException or InvalidDataException or UnauthorizedAccessException or SocketException or FormatException or DbException;

    // Settings alone are the host's to read: one of them may have the name of a verb for a value.
    private static Task<int> Dispatch(string[] args, CancellationToken cancellationToken) =>
        args is [] or [['-', '-', ..], ..] && !args.Any(argument => argument is "--help" or "-h" or "--version")
            ? Serve.Run(args, cancellationToken)
            : Invoke(args, cancellationToken);

    private static async Task<int> Invoke(string[] args, CancellationToken cancellationToken)
    {
        // A setting that begins with @ is no file to read arguments from.
        var parsed = Verbs().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isMisused = parsed.Action is ParseErrorAction;
        var output = isMisused ? Console.Error : Console.Out;
        if (isMisused || parsed.Action is HelpAction)
        {
            await output.WriteLineAsync(Usage);
        }

        var configuration = new InvocationConfiguration
        {
            Output = output,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        var code = await parsed.InvokeAsync(configuration, cancellationToken);
        return isMisused ? 2 : code;
    }

    private static RootCommand Verbs()
    {
        var root = new RootCommand("Runs the service, or the given command. Both accept settings: --Key=value.")
        {
            Verb("migrate", "Brings the database's schema up to date.", DatabaseVerbs.Migrate),
            Verb("verify", "Reads every stored file and verifies its digest.", DatabaseVerbs.Verify),
            Verb("sweep", "Deletes, once, the bytes that nothing refers to.", DatabaseVerbs.Sweep),
            Verb("health", "Checks whether the service on this machine (--urls) is ready.", HealthVerb.Run),
            MoveBlobs(),
            Verb("adopt-store", "Makes this database the owner of the bucket.", DatabaseVerbs.AdoptStore),
            Token(),
        };
        root.Directives.Clear();
        return root;
    }

    /// <summary>A verb whose arguments are settings.</summary>
    private static Command Verb(string name, string description, Func<string[], CancellationToken, Task<int>> run)
    {
        var verb = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        verb.SetAction((parsed, cancellationToken) => run([.. parsed.UnmatchedTokens], cancellationToken));
        return verb;
    }

    private static Command MoveBlobs()
    {
        var to = new Option<StorageProvider>("--to") { Required = true, Description = "The store to move the files to." };
        to.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Enum.GetNames<StorageProvider>());
        var verb = new Command("move-blobs", "Moves all files to one store while the service runs.") { to };
        verb.TreatUnmatchedTokensAsErrors = false;
        verb.SetAction((parsed, cancellationToken) =>
            DatabaseVerbs.MoveBlobs(parsed.GetValue(to), [.. parsed.UnmatchedTokens], cancellationToken));
        return verb;
    }

    private static TokenCommand Token()
    {
        var verb = new TokenCommand();
        verb.SetAction(async (parsed, _) =>
        {
            await using var app = ServiceHost.Build(ServiceHost.CreateBuilder([]));
            return ActivatorUtilities.CreateInstance<TokenVerb>(app.Services).Run(() => verb.Read(parsed), Console.Out, Console.Error);
        });
        return verb;
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
}
