namespace Attachments.Application.Webhooks;

/// <summary>The section <c>Webhooks</c>.</summary>
public sealed class WebhooksOptions
{
    public const string Section = "Webhooks";

    /// <summary>Networks (CIDR) that a webhook may reach though they are not public, such as <c>10.1.0.0/16</c>.</summary>
    public string[] AllowedNetworks { get; init; } = [];

    /// <summary>The ports that a webhook may reach besides 443.</summary>
    public string[] AllowedPorts { get; init; } = [];

    /// <summary>How long a try may take, from the look-up of the name to the end of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many webhooks there can be.</summary>
    public int MaxEndpoints { get; init; } = 50;
}
