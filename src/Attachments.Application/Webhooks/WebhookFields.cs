using Attachments.Application.Pipeline;
using Attachments.Domain.Changes;
using Attachments.Domain.Records;
using Attachments.Domain.Webhooks;
using FluentValidation;

namespace Attachments.Application.Webhooks;

/// <summary>What a request says of a webhook. Null: nothing.</summary>
public sealed record WebhookFields
{
    public string? Url { get; init; }

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    public NewValue<long?>? ProjectId { get; init; }

    public NewValue<string>? FormType { get; init; }

    public string? Description { get; init; }

    public bool? IsActive { get; init; }

    /// <summary>Changes a webhook, but for its URL and its state.</summary>
    internal void ApplyTo(Webhook webhook)
    {
        webhook.Select(
            Types is null ? webhook.Types : [.. Types.Distinct()],
            ProjectId is null ? webhook.ProjectId : ProjectId.Value,
            FormType is null ? webhook.FormType : FormType.Value is { } formType ? RecordKey.RequireFormType(formType) : null);
        webhook.Describe(Description ?? webhook.Description);
    }
}

public sealed class WebhookFieldsValidator : AbstractValidator<WebhookFields>
{
    public WebhookFieldsValidator()
    {
        RuleFor(fields => fields.Url)
            .Must(url => url is null || (url.Length <= Webhook.MaxUrlCharacters && !url.Any(character => character <= ' ' || char.IsControl(character))))
            .WithMessage($"must have at most {Webhook.MaxUrlCharacters} characters, and no blanks")
            .OverridePropertyName("url");
        RuleFor(fields => fields.Types)
            .Must(types => types is null || !types.Except(ChangeTypes.All).Any())
            .WithMessage($"must be of {string.Join(", ", ChangeTypes.All)}")
            .OverridePropertyName("types");
        RuleFor(fields => fields.Description)
            .Must(text => text is null || (text.Length <= Webhook.MaxDescriptionCharacters && !text.Contains('\0', StringComparison.Ordinal)))
            .WithMessage($"must have at most {Webhook.MaxDescriptionCharacters} characters, and no U+0000")
            .OverridePropertyName("description");
    }
}
