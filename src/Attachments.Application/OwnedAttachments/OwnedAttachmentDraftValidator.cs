using FluentValidation;

namespace Attachments.Application.OwnedAttachments;

/// <summary>The form of the ids, whichever way they came. The rest is the aggregate's to check.</summary>
public sealed class OwnedAttachmentDraftValidator : AbstractValidator<OwnedAttachmentDraft>
{
    public OwnedAttachmentDraftValidator()
    {
        RuleFor(draft => draft.OwnedByOrganisation)
            .Must((draft, text) => text is null || draft.NamesNoOrganisation || draft.Organisation is not null)
            .WithMessage("must be an integer, or null")
            .OverridePropertyName("owned_by_org");
        RuleFor(draft => draft.OwnedByUser)
            .Must((draft, text) => text is null || draft.Owner is not null)
            .WithMessage("must be a UUID")
            .OverridePropertyName("owned_by_user");
    }
}
