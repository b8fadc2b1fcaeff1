using System.Security.Cryptography;

namespace Attachments.Testing;

/// <summary>The environment that a service is started in: its settings, and of this process's own only what any program needs.</summary>
public sealed class ServiceSettings
{
    public const string DatabaseKey = "ConnectionStrings:Attachments";
    public const string DatabaseVariable = "ConnectionStrings__Attachments";
    private const string BearerSection = "Authentication:Schemes:Bearer";

    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE", "LOCALAPPDATA",
        "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64",
    ];

    private static readonly string SigningKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly Dictionary<string, string> variables;

    private ServiceSettings(Dictionary<string, string> variables) => this.variables = variables;

    public IReadOnlyDictionary<string, string> Variables => variables;

    /// <summary>Nothing but the environment's name: neither key nor database.</summary>
    public static ServiceSettings Bare(string environment)
    {
        var inherited = Inherited
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
            .Where(variable => variable.Value is not null)
            .ToDictionary(variable => variable.Name, variable => variable.Value!);
        return new ServiceSettings(inherited)
            .With("ASPNETCORE_ENVIRONMENT", environment)
            .With("URLS", "http://127.0.0.1:0")
            .With("Previews:Enabled", "false");
    }

    /// <summary>A service in Production with a signing key, which is the same for all of a run, and no database.</summary>
    public static ServiceSettings WithKey() => Bare("Production")
        .With($"{BearerSection}:ValidIssuer", "tests")
        .With($"{BearerSection}:ValidAudience", "tests")
        .With($"{BearerSection}:SigningKeys:0:Issuer", "tests")
        .With($"{BearerSection}:SigningKeys:0:Value", SigningKey);

    /// <summary>A service in Production that lacks nothing.</summary>
    public static ServiceSettings Complete(string connectionString) => WithKey().With(DatabaseKey, connectionString);

    public ServiceSettings With(IEnumerable<KeyValuePair<string, string>> settings) =>
        settings.Aggregate(this, (made, setting) => made.With(setting.Key, setting.Value));

    public ServiceSettings With(string key, string value) =>
        new(new Dictionary<string, string>(variables) { [key.Replace(":", "__", StringComparison.Ordinal)] = value });
}
