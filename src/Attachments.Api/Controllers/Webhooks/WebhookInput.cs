using System.Text.Json.Serialization;

namespace Attachments.Api.Controllers.Webhooks;

/// <summary>A webhook to make, or what is to be changed of one.</summary>
/// <param name="Url">Where changes are sent: `https`, without user and password. Needed to make one.</param>
/// <param name="Types">The types of changes that it gets; none: all.</param>
/// <param name="Project">Only what happens in this project; null: everything.</param>
/// <param name="FormType">Only what happens to records of this form type; null: everything.</param>
/// <param name="Description">For those who read the list.</param>
/// <param name="State">`active` or `disabled`.</param>
public sealed record WebhookInput(
    [property: JsonPropertyName("url")] string? Url = null,
    [property: JsonPropertyName("types")] IReadOnlyList<string>? Types = null,
    [property: JsonPropertyName("project")] long? Project = null,
    [property: JsonPropertyName("form_type")] string? FormType = null,
    [property: JsonPropertyName("description")] string? Description = null,
    [property: JsonPropertyName("state")] string? State = null);

/// <summary>Where a replay begins.</summary>
/// <param name="After">A cursor of the feed; null: the oldest change that is kept.</param>
public sealed record ReplayInput([property: JsonPropertyName("after")] string? After);
