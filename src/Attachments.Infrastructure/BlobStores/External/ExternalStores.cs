using Attachments.Application.Errors;
using Attachments.Application.Settings;

namespace Attachments.Infrastructure.BlobStores.External;

/// <summary>The stores outside the database that the settings name.</summary>
public sealed class ExternalStores(IReadOnlyList<IExternalStore> configured)
{
    private const string NoBucket = "Storage:S3:Bucket is missing";

    private const string NoDirectory = "Storage:Directory:Path is missing";

    public IReadOnlyList<IExternalStore> Configured => configured;

    /// <returns>All of them.</returns>
    /// <exception cref="ConfigurationException">The settings do not name this one.</exception>
    public IReadOnlyList<IExternalStore> RequireWith(StorageProvider provider) => configured.Any(store => store.Provider == provider)
        ? configured
        : throw new ConfigurationException(provider == StorageProvider.Directory ? $"{NoDirectory}." : $"{NoBucket}.");

    /// <returns>All of them.</returns>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public IReadOnlyList<IExternalStore> RequireAny() => configured.Count > 0
        ? configured
        : throw new ConfigurationException($"All files are in the database: {NoBucket}, and {NoDirectory}.");
}
