using Attachments.Application;
using Attachments.Application.Access;
using Attachments.Application.Changes;
using Attachments.Application.Settings;
using Attachments.Application.TemporarySets;
using Attachments.Infrastructure;
using Attachments.Infrastructure.Persistence;
using Attachments.Testing;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Attachments.IntegrationTests.Support;

/// <summary>The layers below Api on a database of their own, with a clock that stands still.</summary>
internal sealed class TestServices : IAsyncDisposable
{
    private readonly ServiceProvider provider;

    private TestServices(string connectionString, ServiceProvider provider, ManualTime time)
    {
        ConnectionString = connectionString;
        this.provider = provider;
        Time = time;
    }

    public string ConnectionString { get; }

    public ManualTime Time { get; }

    public IServiceProvider Provider => provider;

    public static async Task<TestServices> Start(
        bool migrate = true,
        LimitsOptions? limits = null,
        StorageOptions? storage = null,
        IInterceptor? interceptor = null,
        ManualTime? time = null)
    {
        var made = On(await Databases.Create(), limits, storage, interceptor, time);
        if (migrate)
        {
            await made.InScope(scope => scope.GetRequiredService<DatabaseSetup>().Migrate(CancellationToken.None));
        }

        return made;
    }

    public static TestServices On(
        string connectionString,
        LimitsOptions? limits = null,
        StorageOptions? storage = null,
        IInterceptor? interceptor = null,
        ManualTime? time = null)
    {
        time ??= new ManualTime(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton(Options.Create(limits ?? new LimitsOptions()));
        services.AddSingleton(Options.Create(storage ?? new StorageOptions()));
        services.AddSingleton(Options.Create(new DatabaseOptions()));
        services.AddSingleton(Options.Create(new TemporarySetsOptions()));
        services.AddScoped(_ => new Caller(Guid.NewGuid(), IsAdmin: true));
        services.AddSingleton<IChangeWriter, NameWriter>();
        services.AddApplication();
        services.AddInfrastructure(_ => connectionString);
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        if (interceptor is not null)
        {
            services.ConfigureDbContext<AttachmentsDbContext>(options => options.AddInterceptors(interceptor));
        }

        return new TestServices(connectionString, services.BuildServiceProvider(validateScopes: true), time);
    }

    public async Task InScope(Func<IServiceProvider, Task> act)
    {
        await using var scope = provider.CreateAsyncScope();
        await act(scope.ServiceProvider);
    }

    public async Task<T> InScope<T>(Func<IServiceProvider, Task<T>> act)
    {
        await using var scope = provider.CreateAsyncScope();
        return await act(scope.ServiceProvider);
    }

    public ValueTask DisposeAsync() => provider.DisposeAsync();
}
