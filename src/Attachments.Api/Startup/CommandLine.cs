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
    private const string Usage =
        """
        usage: Attachments.Api [--key=value …]            serve
               Attachments.Api migrate [--key=value …]    bring the database's schema up to date
               Attachments.Api verify [--key=value …]     read every stored file again and compare its digest
               Attachments.Api sweep [--key=value …]      delete, once, the files that nothing refers to any longer
               Attachments.Api health [--urls …]          ask the service that runs here whether it is ready
               Attachments.Api move-blobs --to S3|LargeObject [--key=value …]
                                                          move files stored elsewhere there, while the service runs
               Attachments.Api token --sub NAME …         sign a token with the configured key
        """;

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
            var told = IsForTheOperator(exception) ? exception.Message.ReplaceLineEndings(" ") : exception.ToString();
            await Console.Error.WriteLineAsync($"attachments: {told}");
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

    private static Task<int> Dispatch(string[] args, CancellationToken cancellationToken) => args switch
    {
        _ when args.Any(argument => argument is "--help" or "-h") => Explained(),
        [] or [['-', '-', ..], ..] => Serve.Run(args, cancellationToken),
        ["migrate", .. var rest] => DatabaseVerbs.Migrate(rest, cancellationToken),
        ["verify", .. var rest] => DatabaseVerbs.Verify(rest, cancellationToken),
        ["sweep", .. var rest] => DatabaseVerbs.Sweep(rest, cancellationToken),
        ["health", .. var rest] => HealthVerb.Run(rest, cancellationToken),
        ["move-blobs", "--to", var to, .. var rest] when StoreNamed(to) is { } store =>
            DatabaseVerbs.MoveBlobs(store, rest, cancellationToken),
        [TokenVerb.Name, .. var rest] => SignToken(rest),
        _ => Misused(),
    };

    private static StorageProvider? StoreNamed(string name) =>
        Enum.GetValues<StorageProvider>().Cast<StorageProvider?>()
            .FirstOrDefault(store => string.Equals(store.ToString(), name, StringComparison.OrdinalIgnoreCase));

    private static async Task<int> SignToken(string[] args)
    {
        await using var app = ServiceHost.Build(ServiceHost.CreateBuilder([]));
        return ActivatorUtilities.CreateInstance<TokenVerb>(app.Services).Run(args, Console.Out, Console.Error);
    }

    private static async Task<int> Explained()
    {
        await Console.Out.WriteLineAsync(Usage);
        return 0;
    }

    private static async Task<int> Misused()
    {
        await Console.Error.WriteLineAsync(Usage);
        return 2;
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
}
