using System.Net.Sockets;
using Attachments.Api.Callers;
using Attachments.Application.Errors;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.Persistence;
using Microsoft.Extensions.Options;

namespace Attachments.Api.Startup;

/// <summary>Serves until it is stopped.</summary>
internal static class Serve
{
    public static async Task<int> Run(string[] args, CancellationToken cancellationToken)
    {
        var builder = ServiceHost.CreateBuilder(args);
        await using var database = await PrivateDatabase.StartIfNeeded(builder, cancellationToken);
        await using var app = ServiceHost.Build(builder);
        await Prepare(app, cancellationToken);
        await Listen(app, cancellationToken);
        if (app.Environment.IsDevelopment())
        {
            await Welcome(app);
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    /// <summary>Waits for the database and the blob store, and migrates or checks the schema.</summary>
    private static async Task Prepare(WebApplication app, CancellationToken cancellationToken)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var setup = scope.ServiceProvider.GetRequiredService<DatabaseSetup>();
        var options = scope.ServiceProvider.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        await setup.WaitUntilReachable(cancellationToken);
        if (options.MigrateOnStart ?? app.Environment.IsDevelopment())
        {
            await setup.Migrate(cancellationToken);
        }
        else
        {
            await setup.RequireMigrated(cancellationToken);
        }

        var store = scope.ServiceProvider.GetRequiredService<BlobStoreSetup>();
        await store.RequireUsable(cancellationToken);
        await store.RequireOwned(cancellationToken);
    }

    /// <exception cref="ConfigurationException">The address is malformed, not of this machine, or in use.</exception>
    private static async Task Listen(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException or FormatException or InvalidOperationException)
        {
            var addresses = app.Configuration[WebHostDefaults.ServerUrlsKey] ?? "the configured addresses";
            throw new ConfigurationException($"Cannot serve {addresses}: {exception.Message}");
        }
    }

    /// <summary>Prints what a developer needs for the first request. The token is printed and never logged.</summary>
    private static async Task Welcome(WebApplication app)
    {
        var address = app.Urls.First();
        await Console.Out.WriteLineAsync(
            $"""

            Attachments serves   {address}
            browse the API at    {address}/docs
            a one-day token      export TOKEN={Token(app)}

            """);
    }

    private static string Token(WebApplication app) => app.Services.GetRequiredService<BearerSettings>().UsableKey is null
        ? "… (signed by your identity provider)"
        : ActivatorUtilities.CreateInstance<TokenVerb>(app.Services).Sign(new TokenRequest("developer") { IsAdmin = true });
}
