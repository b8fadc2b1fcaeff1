using Attachments.Domain.Sessions;
using FluentValidation;

namespace Attachments.Application.Sessions;

/// <summary>The form of a session's fields, whichever way they came.</summary>
public sealed class SessionDraftValidator : AbstractValidator<SessionDraft>
{
    public SessionDraftValidator()
    {
        RuleFor(draft => draft.Uuid).MaximumLength(2 * Session.MaxUuidCharacters).MinimumLength(1).OverridePropertyName("session.uuid");
        RuleFor(draft => draft.UnitId).MinimumLength(1).OverridePropertyName("session.unit_id");
        RuleFor(draft => draft.Created).Must(BeUnixSeconds).WithMessage(NotUnixSeconds).OverridePropertyName("session.created");
        RuleFor(draft => draft.Saved).Must(BeUnixSeconds).WithMessage(NotUnixSeconds).OverridePropertyName("session.saved");
    }

    private const string NotUnixSeconds = "must be a whole number of unix seconds";

    private static bool BeUnixSeconds(string? text) => text is null || UnixSeconds.Parse(text) is not null;
}
