namespace Attachments.Api.Http.Cors;

/// <summary>The section <c>Cors</c>.</summary>
internal sealed class CorsSettings
{
    public const string Section = "Cors";

    /// <summary>
    /// The origins of the pages that may call the service from a browser: <c>https://app.example.org</c>. None by default.
    /// </summary>
    public string[] Origins { get; init; } = [];
}
