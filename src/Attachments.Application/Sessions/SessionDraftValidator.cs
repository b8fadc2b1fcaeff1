using Attachments.Application.Text;
using FluentValidation;

namespace Attachments.Application.Sessions;

/// <summary>The form of a session's times, whichever way they came. Its texts are the aggregate's to check.</summary>
public sealed class SessionDraftValidator : AbstractValidator<SessionDraft>
{
    public SessionDraftValidator()
    {
        RuleFor(draft => draft.Created).Must(BeUnixSeconds).WithMessage(NotUnixSeconds).OverridePropertyName("session.created");
        RuleFor(draft => draft.Saved).Must(BeUnixSeconds).WithMessage(NotUnixSeconds).OverridePropertyName("session.saved");
    }

    private const string NotUnixSeconds = "must be a whole number of Unix seconds";

    private static bool BeUnixSeconds(string? text) => text is null || DecimalInteger.Parse(text) is not null;
}
