using Attachments.Application.Common;
using Attachments.Application.Content;
using Attachments.Infrastructure.BlobStores;
using Attachments.Infrastructure.Persistence;
using Attachments.Infrastructure.Sweeping;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Attachments.Infrastructure;

public static class DependencyInjection
{
    /// <summary>The database, the blob store and the sweeper.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="connectionString">Of the database; read when it is first needed.</param>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, Func<IServiceProvider, string> connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => DataSource.Create(connectionString(provider)));
        services.AddDbContextPool<AttachmentsDbContext>(
            (provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddScoped<IAttachmentsDb>(provider => provider.GetRequiredService<AttachmentsDbContext>());
        services.AddScoped<IBlobStore, LargeObjectBlobStore>();
        services.AddScoped<DatabaseSetup>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(UnavailableBehavior<,>));
        services.AddSingleton<Sweeper>();
        services.AddHostedService<SweeperLoop>();
        return services;
    }
}
